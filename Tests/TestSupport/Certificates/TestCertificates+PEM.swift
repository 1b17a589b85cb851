// Made by scripts/test-certificates. The keys are public: nothing may trust them but tests.

// swift-format-ignore-file
extension TestCertificates {
    /// The authority that issued most of the others.
    package static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBdzCCAR6gAwIBAgIUBxmiqwlYMiYflYyP1tD32BFk718wCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOVGVzdCBBdXRob3JpdHkwIBcNMjAwMTAxMDAwMDAwWhgPMjEy
        NTAxMDEwMDAwMDBaMBkxFzAVBgNVBAMMDlRlc3QgQXV0aG9yaXR5MFkwEwYHKoZI
        zj0CAQYIKoZIzj0DAQcDQgAEvK+2U30Xv1l7q4Mb1S+cID8KmkSfaHBdTFAvsmh1
        dEYGanmXPU5QEO1OEvAzVFO+THEfHTtb91BEgb23wVMZiaNCMEAwDwYDVR0TAQH/
        BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAQYwHQYDVR0OBBYEFLI01WGk+QcFMpoMZ0tQ
        rQnczuX0MAoGCCqGSM49BAMCA0cAMEQCIAHrMO4/ulBIGnJMVavql6L3Ov/x6fs+
        2eve23h20qYxAiAoot4qcqqohFFfYx6oN4iCv/ZUgCyajQfUy92sgZ+wmg==
        -----END CERTIFICATE-----
        """

    /// The certificate "server".
    package static let serverCertificate = """
        -----BEGIN CERTIFICATE-----
        MIIB6DCCAY6gAwIBAgIURR48H+O9fiHI9rAkplrJtsvZ9xIwCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOVGVzdCBBdXRob3JpdHkwIBcNMjAwMTAxMDAwMDAwWhgPMjEy
        NTAxMDEwMDAwMDBaMBYxFDASBgNVBAMMC1Rlc3QgU2VydmVyMFkwEwYHKoZIzj0C
        AQYIKoZIzj0DAQcDQgAEgf11Rc2oy+aB2rx1BRPoKGFThSFdGSbrSZSzwvbnISo3
        sXRzjsG5NIdC+N8q6z3cYKN879xlsAbb5DVEHyf1iaOBtDCBsTAMBgNVHRMBAf8E
        AjAAMA4GA1UdDwEB/wQEAwIHgDATBgNVHSUEDDAKBggrBgEFBQcDATA8BgNVHREE
        NTAzgglsb2NhbGhvc3SCDiouc3RyZWFtcy50ZXN0hwR/AAABhxAAAAAAAAAAAAAA
        AAAAAAABMB0GA1UdDgQWBBQAZFpr9Nbx+w0KmFzDN/ld5q8jzTAfBgNVHSMEGDAW
        gBSyNNVhpPkHBTKaDGdLUK0J3M7l9DAKBggqhkjOPQQDAgNIADBFAiEA87aKDj1o
        UsuExZIc01h+ntBvNzM8COk18YZ/qRE2AOYCIAVR6kTCQZ+Zfq9UTW0dRlateYvX
        Qlt00ifDvjZF6KKA
        -----END CERTIFICATE-----
        """

    /// The key of "server".
    package static let serverKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg5c6AI4Usensu0i2e
        sT5PeWw8sC2sR+bfaVCMom3JNU+hRANCAASB/XVFzajL5oHavHUFE+goYVOFIV0Z
        JutJlLPC9uchKjexdHOOwbk0h0L43yrrPdxgo3zv3GWwBtvkNUQfJ/WJ
        -----END PRIVATE KEY-----
        """

    /// The certificate "expired".
    package static let expiredCertificate = """
        -----BEGIN CERTIFICATE-----
        MIIB6DCCAY+gAwIBAgIUG4qQKvP9fD+MR+UlHEVm0lPrGcUwCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOVGVzdCBBdXRob3JpdHkwHhcNMjAwMTAxMDAwMDAwWhcNMjAw
        MjAxMDAwMDAwWjAZMRcwFQYDVQQDDA5FeHBpcmVkIFNlcnZlcjBZMBMGByqGSM49
        AgEGCCqGSM49AwEHA0IABE7ee77PNS5VckeUTzhFdSj7McR3MXWVdFboRmDmp5+B
        /0YB3NdH5BQXVmKRamXPK0V/lM/v9qWhNJg7SFAE0BOjgbQwgbEwDAYDVR0TAQH/
        BAIwADAOBgNVHQ8BAf8EBAMCB4AwEwYDVR0lBAwwCgYIKwYBBQUHAwEwPAYDVR0R
        BDUwM4IJbG9jYWxob3N0gg4qLnN0cmVhbXMudGVzdIcEfwAAAYcQAAAAAAAAAAAA
        AAAAAAAAATAdBgNVHQ4EFgQUmWUGv8INpZXXyI9sIzCtfzxVpyAwHwYDVR0jBBgw
        FoAUsjTVYaT5BwUymgxnS1CtCdzO5fQwCgYIKoZIzj0EAwIDRwAwRAIgadDyQyFZ
        y8UWwD1qSgs3jCMZcqwg81nEyGPs0aHOGHACIHiPWllKSXGoK4enPoZz9xJ5jml9
        8wVlTlFrqLXE3qmQ
        -----END CERTIFICATE-----
        """

    /// The key of "expired".
    package static let expiredKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgsmhMky1iVMleDwSu
        G0sKIO4tXmyp9Le9dNdG1rL2VG2hRANCAARO3nu+zzUuVXJHlE84RXUo+zHEdzF1
        lXRW6EZg5qefgf9GAdzXR+QUF1ZikWplzytFf5TP7/aloTSYO0hQBNAT
        -----END PRIVATE KEY-----
        """

    /// The certificate "early".
    package static let earlyCertificate = """
        -----BEGIN CERTIFICATE-----
        MIIB6zCCAZGgAwIBAgIUNf9p59h5/QY/kLl15VqcC8B+a0YwCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOVGVzdCBBdXRob3JpdHkwIhgPMjEyNDAxMDEwMDAwMDBaGA8y
        MTI1MDEwMTAwMDAwMFowFzEVMBMGA1UEAwwMRWFybHkgU2VydmVyMFkwEwYHKoZI
        zj0CAQYIKoZIzj0DAQcDQgAEqoAErMEzwinPLjlJMkNBEPTOpQSp3BbfRpmzkQY7
        vWCfOPO2HXM1Bq57YTM+rNuMa4XJ1RM/It5SVPDusERVvqOBtDCBsTAMBgNVHRMB
        Af8EAjAAMA4GA1UdDwEB/wQEAwIHgDATBgNVHSUEDDAKBggrBgEFBQcDATA8BgNV
        HREENTAzgglsb2NhbGhvc3SCDiouc3RyZWFtcy50ZXN0hwR/AAABhxAAAAAAAAAA
        AAAAAAAAAAABMB0GA1UdDgQWBBSNorHL7luPqVtQR4tPNjMauY+AkDAfBgNVHSME
        GDAWgBSyNNVhpPkHBTKaDGdLUK0J3M7l9DAKBggqhkjOPQQDAgNIADBFAiEAjvW3
        WYC9YrK9yQNoOZju7uOYQKp7klppF9iA4hRjDecCIDbAQpXmE2cl75NwydONS5Gn
        oiA5erg+Dc1sh3QG44JR
        -----END CERTIFICATE-----
        """

    /// The key of "early".
    package static let earlyKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgeF8ncbdLqhSEpGwy
        t8MhLVp1CPZS4UinFsRMpx4y1X2hRANCAASqgASswTPCKc8uOUkyQ0EQ9M6lBKnc
        Ft9GmbORBju9YJ8487YdczUGrnthMz6s24xrhcnVEz8i3lJU8O6wRFW+
        -----END PRIVATE KEY-----
        """

    /// The certificate "elsewhere".
    package static let elsewhereCertificate = """
        -----BEGIN CERTIFICATE-----
        MIIB2jCCAYGgAwIBAgIUCZDPtltXg5c5kr59DdyI37/kWQQwCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOVGVzdCBBdXRob3JpdHkwIBcNMjAwMTAxMDAwMDAwWhgPMjEy
        NTAxMDEwMDAwMDBaMBQxEjAQBgNVBAMMCUVsc2V3aGVyZTBZMBMGByqGSM49AgEG
        CCqGSM49AwEHA0IABNJPXCe/W3shnFBxRtNu2Y4Qc19bUbNBLrgS3fcxtUG4OCYa
        DtrH6d1D5lCoTQ0YIOoB4142MY/XD4wEkQKbNLujgakwgaYwDAYDVR0TAQH/BAIw
        ADAOBgNVHQ8BAf8EBAMCB4AwEwYDVR0lBAwwCgYIKwYBBQUHAwEwMQYDVR0RBCow
        KIIOZWxzZXdoZXJlLnRlc3SCECouZWxzZXdoZXJlLnRlc3SHBMAAAgEwHQYDVR0O
        BBYEFGC3WHQEGv6K62Of9BOnwow+bpWFMB8GA1UdIwQYMBaAFLI01WGk+QcFMpoM
        Z0tQrQnczuX0MAoGCCqGSM49BAMCA0cAMEQCIGNkKE41l9nhI19BgXjrZJSm2yiQ
        IgfQD03k1e2R13OpAiBJp8eT4U9auZjWQuq+qYjXZHx9FhoqwKNRhxzTzuadhQ==
        -----END CERTIFICATE-----
        """

    /// The key of "elsewhere".
    package static let elsewhereKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg+tKNfco5EBhMsHru
        EBNhPGQ78i3t6NZcCwIvugR9x0GhRANCAATST1wnv1t7IZxQcUbTbtmOEHNfW1Gz
        QS64Et33MbVBuDgmGg7ax+ndQ+ZQqE0NGCDqAeNeNjGP1w+MBJECmzS7
        -----END PRIVATE KEY-----
        """

    /// The certificate "nameless".
    package static let namelessCertificate = """
        -----BEGIN CERTIFICATE-----
        MIIBpTCCAUygAwIBAgIUOSx1d4ZIz9SkQVQ9ulwv13SqL0IwCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOVGVzdCBBdXRob3JpdHkwIBcNMjAwMTAxMDAwMDAwWhgPMjEy
        NTAxMDEwMDAwMDBaMBQxEjAQBgNVBAMMCWxvY2FsaG9zdDBZMBMGByqGSM49AgEG
        CCqGSM49AwEHA0IABHhkhrk9T5FQpugy34agDuIVvAVRZIzPe3B6qXqldQVIMNiw
        678PLUFSanXcpJ8Npan5pO9y7Xsojh/ana/0xamjdTBzMAwGA1UdEwEB/wQCMAAw
        DgYDVR0PAQH/BAQDAgeAMBMGA1UdJQQMMAoGCCsGAQUFBwMBMB0GA1UdDgQWBBRw
        0EB28NOribdPWJphgiovxE1uZDAfBgNVHSMEGDAWgBSyNNVhpPkHBTKaDGdLUK0J
        3M7l9DAKBggqhkjOPQQDAgNHADBEAiAZrrY9s56TWuvsD0ZacmoLxzAnmYDdKhp2
        cB8vzCuZvgIgfLAfc4B14WNXisuiedNqwf4cIpFAp16rbG7H1I3rmXg=
        -----END CERTIFICATE-----
        """

    /// The key of "nameless".
    package static let namelessKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgvF+LooQfngcOEblb
        WcJwMxK2S+0aIjKpejnXlKvQ4wWhRANCAAR4ZIa5PU+RUKboMt+GoA7iFbwFUWSM
        z3tweql6pXUFSDDYsOu/Dy1BUmp13KSfDaWp+aTvcu17KI4f2p2v9MWp
        -----END PRIVATE KEY-----
        """

    /// The certificate "under".
    package static let underCertificate = """
        -----BEGIN CERTIFICATE-----
        MIIB6jCCAZCgAwIBAgIUScESJbWoDEAJqHUU7w2Xc6f3Tg8wCgYIKoZIzj0EAwIw
        HTEbMBkGA1UEAwwST3V0ZGF0ZWQgQXV0aG9yaXR5MCAXDTIwMDEwMTAwMDAwMFoY
        DzIxMjUwMTAxMDAwMDAwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjO
        PQIBBggqhkjOPQMBBwNCAARtb7YJGdcg+t2gHTZuDyp5gsKayByDzQqxkGGahboG
        gx+Z4KNQygDv5yXS48/xnUDAVpjufdSXKtPhczY2uAr3o4G0MIGxMAwGA1UdEwEB
        /wQCMAAwDgYDVR0PAQH/BAQDAgeAMBMGA1UdJQQMMAoGCCsGAQUFBwMBMDwGA1Ud
        EQQ1MDOCCWxvY2FsaG9zdIIOKi5zdHJlYW1zLnRlc3SHBH8AAAGHEAAAAAAAAAAA
        AAAAAAAAAAEwHQYDVR0OBBYEFKLggcMfq4NiS1eqhSNfMu0m0fQGMB8GA1UdIwQY
        MBaAFHLGYZLNROpPrmyof3Ue3K3y8kbTMAoGCCqGSM49BAMCA0gAMEUCIAqGNF63
        JcL018z7ogV3sLmHYSksOvcWbJ/chamEVih0AiEAt3L/j9j0JGD/OLPISBlfHTG9
        nub/jSwpTSilzuINaMk=
        -----END CERTIFICATE-----
        -----BEGIN CERTIFICATE-----
        MIIBmjCCAUGgAwIBAgIUbBBQ8FZ2u7pNBKZBJvajdy7kTF0wCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOVGVzdCBBdXRob3JpdHkwHhcNMjAwMTAxMDAwMDAwWhcNMjAw
        MjAxMDAwMDAwWjAdMRswGQYDVQQDDBJPdXRkYXRlZCBBdXRob3JpdHkwWTATBgcq
        hkjOPQIBBggqhkjOPQMBBwNCAATZgSSSI/ptVTTuoqJ2BOUsfabKG3UgdD7HiKd8
        ldDCyJ5ep6xrN2bsuTXfleT3XPxRE4t4G2wfNsAt+gbeagJBo2MwYTAPBgNVHRMB
        Af8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAdBgNVHQ4EFgQUcsZhks1E6k+ubKh/
        dR7crfLyRtMwHwYDVR0jBBgwFoAUsjTVYaT5BwUymgxnS1CtCdzO5fQwCgYIKoZI
        zj0EAwIDRwAwRAIgZ4CDEM4rCOQZ1f9CbjijuzSlePveqTogkrFRuYh2CdsCICDO
        6BwKCSMyS9KlmAMfOpJ6IGliPEMusehJoODVJJHJ
        -----END CERTIFICATE-----
        """

    /// The key of "under".
    package static let underKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgPR028aLZrIC+Xw8n
        AjQtTqxEQ25Gjq+Tc9crv8XxsY2hRANCAARtb7YJGdcg+t2gHTZuDyp5gsKayByD
        zQqxkGGahboGgx+Z4KNQygDv5yXS48/xnUDAVpjufdSXKtPhczY2uAr3
        -----END PRIVATE KEY-----
        """

    /// The certificate "client".
    package static let clientCertificate = """
        -----BEGIN CERTIFICATE-----
        MIIBqDCCAU6gAwIBAgIUJQPBibBq+F/6Sbl/Y1QHwYPt0a8wCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOVGVzdCBBdXRob3JpdHkwIBcNMjAwMTAxMDAwMDAwWhgPMjEy
        NTAxMDEwMDAwMDBaMBYxFDASBgNVBAMMC1Rlc3QgQ2xpZW50MFkwEwYHKoZIzj0C
        AQYIKoZIzj0DAQcDQgAEP2w2k1oKAT798VwodWX71em/7N3dbxpoMuxZDd9lAd/C
        g4NYs4o74OvyWmRIT1KU9nMDnb8NwCnVbWeNcRUJoKN1MHMwDAYDVR0TAQH/BAIw
        ADAOBgNVHQ8BAf8EBAMCB4AwEwYDVR0lBAwwCgYIKwYBBQUHAwIwHQYDVR0OBBYE
        FIKYUGXlrKvkHtV9DIoz2aRKWUyXMB8GA1UdIwQYMBaAFLI01WGk+QcFMpoMZ0tQ
        rQnczuX0MAoGCCqGSM49BAMCA0gAMEUCIG4YheNPhSmeyAqQvRws0EMe4CZ7StZS
        ClYksD7+SLgFAiEAkxCy3uAIHX6PninDuLGfZAYyZ3KVLOvY1TduzT3Eskc=
        -----END CERTIFICATE-----
        """

    /// The key of "client".
    package static let clientKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgghyh6I/Tvgjs24eT
        CuO+qcVGSbNCS/xS6f1DDgaAZwWhRANCAAQ/bDaTWgoBPv3xXCh1ZfvV6b/s3d1v
        Gmgy7FkN32UB38KDg1izijvg6/JaZEhPUpT2cwOdvw3AKdVtZ41xFQmg
        -----END PRIVATE KEY-----
        """

    /// The certificate "stranger".
    package static let strangerCertificate = """
        -----BEGIN CERTIFICATE-----
        MIIBpzCCAUygAwIBAgIUKSXkoHF4F404P1znmvgkffmwGcUwCgYIKoZIzj0EAwIw
        GjEYMBYGA1UEAwwPT3RoZXIgQXV0aG9yaXR5MCAXDTIwMDEwMTAwMDAwMFoYDzIx
        MjUwMTAxMDAwMDAwWjATMREwDwYDVQQDDAhTdHJhbmdlcjBZMBMGByqGSM49AgEG
        CCqGSM49AwEHA0IABCWm2eyQyH2xKEWx8HP0Xchuy6hJqGE1UhKndMMetLlF+rPB
        QW1RwsVX/KlIZonCPfFW6E53uaYN/pUeCUQJhrSjdTBzMAwGA1UdEwEB/wQCMAAw
        DgYDVR0PAQH/BAQDAgeAMBMGA1UdJQQMMAoGCCsGAQUFBwMCMB0GA1UdDgQWBBSF
        mdWxeKU9IHmJyh1k97VRahEAUzAfBgNVHSMEGDAWgBTARIDwJNGggpQCCjy8fjIC
        kIsuZzAKBggqhkjOPQQDAgNJADBGAiEArL1tqHDM5U3daBdLYhf66MeAmv68K5yU
        vZiZkrVZSvQCIQDJtIWPi3xGy6l/lHsp7XKxSjuJOi595x5F88TynwtbJw==
        -----END CERTIFICATE-----
        """

    /// The key of "stranger".
    package static let strangerKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQglOoHkzZF3f0poaio
        YWjoQdVqojNO1m5m5dbQ1Yy3yMOhRANCAAQlptnskMh9sShFsfBz9F3IbsuoSahh
        NVISp3TDHrS5RfqzwUFtUcLFV/ypSGaJwj3xVuhOd7mmDf6VHglECYa0
        -----END PRIVATE KEY-----
        """

    /// The certificate "alone".
    package static let aloneCertificate = """
        -----BEGIN CERTIFICATE-----
        MIIBjDCCATGgAwIBAgIUCoTPPPVauBgI5QCxkBpsisPuRn0wCgYIKoZIzj0EAwIw
        FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTIwMDEwMTAwMDAwMFoYDzIxMjUwMTAx
        MDAwMDAwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
        PQMBBwNCAAQBYftj/86e2MgnsO1zlcVHh+Tse+Tqz7tAzYkR+9cyUTMFyK1+JNoQ
        kWNNRsFDRLxFVbaSom3xEMb3OtdqrZlyo18wXTA8BgNVHREENTAzgglsb2NhbGhv
        c3SCDiouc3RyZWFtcy50ZXN0hwR/AAABhxAAAAAAAAAAAAAAAAAAAAABMB0GA1Ud
        DgQWBBTwrMIacMOfKOcrgG5x5PaCLViuVzAKBggqhkjOPQQDAgNJADBGAiEAkP9E
        VC+E6UTfWMSXw9CTUw9GAIzdPI6lNV4qG9V2YF8CIQCCl+jGO42dZ89+X2p6wVNe
        PAq1Hxz91JikAeZbmwUtfQ==
        -----END CERTIFICATE-----
        """

    /// The key of "alone".
    package static let aloneKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg2IxKIZyTLWI/AR7B
        YD9QpcyqsozUG60iIJSN3Ff4V5OhRANCAAQBYftj/86e2MgnsO1zlcVHh+Tse+Tq
        z7tAzYkR+9cyUTMFyK1+JNoQkWNNRsFDRLxFVbaSom3xEMb3OtdqrZly
        -----END PRIVATE KEY-----
        """
}

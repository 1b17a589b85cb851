// Made by scripts/test-certificates. The keys are public: nothing may trust them but tests.

// swift-format-ignore-file
extension TestCertificates {
    /// The authority that issued most of the others.
    package static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBdzCCAR6gAwIBAgIUE3QPEavZk+HGzieIeZWh2+YI0H8wCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOVGVzdCBBdXRob3JpdHkwIBcNMjAwMTAxMDAwMDAwWhgPMjEy
        NTAxMDEwMDAwMDBaMBkxFzAVBgNVBAMMDlRlc3QgQXV0aG9yaXR5MFkwEwYHKoZI
        zj0CAQYIKoZIzj0DAQcDQgAExyBcVfcZ29FaHKPlFHsaI2ijYtTpYdcrQ2E3O69D
        uRnEILl2hYUC/wbb7MW9sVTopaRwoCmq+0D8ae2H4miFMaNCMEAwDwYDVR0TAQH/
        BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAQYwHQYDVR0OBBYEFCl61rd9PsJ15IGd4pT9
        Ddem+TxzMAoGCCqGSM49BAMCA0cAMEQCIF5YEfxkqLakOSDUpojrKpuCOeQNK4pH
        MILeI3MpHh8XAiBy4DqmTxKoPLKg8pCpPj0Qz0wrlizc91w6HKGoTqKvzA==
        -----END CERTIFICATE-----
        """

    /// The certificate "server".
    package static let serverCertificate = """
        -----BEGIN CERTIFICATE-----
        MIIB6DCCAY6gAwIBAgIUTtUNFlYYrUbTlwcqSFL85DGf6jwwCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOVGVzdCBBdXRob3JpdHkwIBcNMjAwMTAxMDAwMDAwWhgPMjEy
        NTAxMDEwMDAwMDBaMBYxFDASBgNVBAMMC1Rlc3QgU2VydmVyMFkwEwYHKoZIzj0C
        AQYIKoZIzj0DAQcDQgAEH02TU2WA71RtcYwzLczAcLdBFVV/3TDHCPDcO2hEX3J3
        A5xgqKAmWMyXLwLp2oEcGPJid/qYdUmKWL2gi/cZBaOBtDCBsTAMBgNVHRMBAf8E
        AjAAMA4GA1UdDwEB/wQEAwIHgDATBgNVHSUEDDAKBggrBgEFBQcDATA8BgNVHREE
        NTAzgglsb2NhbGhvc3SCDiouc3RyZWFtcy50ZXN0hwR/AAABhxAAAAAAAAAAAAAA
        AAAAAAABMB0GA1UdDgQWBBS0nXEDkLcScsOyeanHQxIkl0jduzAfBgNVHSMEGDAW
        gBQpeta3fT7CdeSBneKU/Q3Xpvk8czAKBggqhkjOPQQDAgNIADBFAiEAgQ6hbYsV
        Xq0h5pKIFktG2ge9eRKhW8nMPrluIcf6VRwCIFSWRqF6fwWK5vWZKK+Pbe7S3NYb
        //wH9A56sZbl0i/2
        -----END CERTIFICATE-----
        """

    /// The key of "server".
    package static let serverKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg6rynyWwfR5UK+9FY
        lVfp39653Pbn2nZEX7dgOJm4Bs2hRANCAAQfTZNTZYDvVG1xjDMtzMBwt0EVVX/d
        MMcI8Nw7aERfcncDnGCooCZYzJcvAunagRwY8mJ3+ph1SYpYvaCL9xkF
        -----END PRIVATE KEY-----
        """

    /// The certificate "expired".
    package static let expiredCertificate = """
        -----BEGIN CERTIFICATE-----
        MIIB6TCCAY+gAwIBAgIUU+q+sO19V0ObVaCv/3XOww73KTowCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOVGVzdCBBdXRob3JpdHkwHhcNMjAwMTAxMDAwMDAwWhcNMjAw
        MjAxMDAwMDAwWjAZMRcwFQYDVQQDDA5FeHBpcmVkIFNlcnZlcjBZMBMGByqGSM49
        AgEGCCqGSM49AwEHA0IABN1IeqDTxaAxHcec/RO7k9ZuX5vQGN15Ltoi4NSfX8Y4
        Bi4xlvK6rU3CvSHsnIvCGrad2JQX6/BFRIujScWyPBajgbQwgbEwDAYDVR0TAQH/
        BAIwADAOBgNVHQ8BAf8EBAMCB4AwEwYDVR0lBAwwCgYIKwYBBQUHAwEwPAYDVR0R
        BDUwM4IJbG9jYWxob3N0gg4qLnN0cmVhbXMudGVzdIcEfwAAAYcQAAAAAAAAAAAA
        AAAAAAAAATAdBgNVHQ4EFgQUnwwYlkZdVMk4weDW8+bKhxiMzl0wHwYDVR0jBBgw
        FoAUKXrWt30+wnXkgZ3ilP0N16b5PHMwCgYIKoZIzj0EAwIDSAAwRQIgYYiZprbH
        tLjhXSepS+qOp8x3LQazokVHr+1c/9tE6qcCIQDGBlLaRIyv6sb7hgsm41z9ftcc
        0IC44XXrFSxwT94rGQ==
        -----END CERTIFICATE-----
        """

    /// The key of "expired".
    package static let expiredKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgBZzMNWKR7I4TS/U2
        M1ZBtWiGH2VVuqnpa22w9WxYphChRANCAATdSHqg08WgMR3HnP0Tu5PWbl+b0Bjd
        eS7aIuDUn1/GOAYuMZbyuq1Nwr0h7JyLwhq2ndiUF+vwRUSLo0nFsjwW
        -----END PRIVATE KEY-----
        """

    /// The certificate "early".
    package static let earlyCertificate = """
        -----BEGIN CERTIFICATE-----
        MIIB6zCCAZGgAwIBAgIUaHo8ViM6MX9mSF6Kw5HrbwC2D/cwCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOVGVzdCBBdXRob3JpdHkwIhgPMjEyNDAxMDEwMDAwMDBaGA8y
        MTI1MDEwMTAwMDAwMFowFzEVMBMGA1UEAwwMRWFybHkgU2VydmVyMFkwEwYHKoZI
        zj0CAQYIKoZIzj0DAQcDQgAE4VKD8R9qW5fAUIDdCAbFbD/yB+ar22TY0Yl6ucKO
        WLrSS1rJtTsTEt9jaxbG47VvCJR/fz3XXdWyIn2nAqyiaKOBtDCBsTAMBgNVHRMB
        Af8EAjAAMA4GA1UdDwEB/wQEAwIHgDATBgNVHSUEDDAKBggrBgEFBQcDATA8BgNV
        HREENTAzgglsb2NhbGhvc3SCDiouc3RyZWFtcy50ZXN0hwR/AAABhxAAAAAAAAAA
        AAAAAAAAAAABMB0GA1UdDgQWBBRi+iaGGcbPt6Q7lmNCCh2UQI64GjAfBgNVHSME
        GDAWgBQpeta3fT7CdeSBneKU/Q3Xpvk8czAKBggqhkjOPQQDAgNIADBFAiAJG6Op
        FYNXuWwMRDP7Qowd3m67RETRluRgrvEGQQuJ7QIhAPykvhyyeA3agPrdy6BRVi23
        sARHexPJSkLUvDGDe5Z4
        -----END CERTIFICATE-----
        """

    /// The key of "early".
    package static let earlyKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgaxIh+pEiPuWycZ3w
        07YgHcnhZXbV7KBp8tLEAPovEyOhRANCAAThUoPxH2pbl8BQgN0IBsVsP/IH5qvb
        ZNjRiXq5wo5YutJLWsm1OxMS32NrFsbjtW8IlH9/Pddd1bIifacCrKJo
        -----END PRIVATE KEY-----
        """

    /// The certificate "elsewhere".
    package static let elsewhereCertificate = """
        -----BEGIN CERTIFICATE-----
        MIIB3DCCAYGgAwIBAgIUa0RZzZyRvIr3xcPhYqIiNXnhrI0wCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOVGVzdCBBdXRob3JpdHkwIBcNMjAwMTAxMDAwMDAwWhgPMjEy
        NTAxMDEwMDAwMDBaMBQxEjAQBgNVBAMMCUVsc2V3aGVyZTBZMBMGByqGSM49AgEG
        CCqGSM49AwEHA0IABHktI2LurQ+nGW+dL1OsDI38VRPZVoWSnvyennivwVQgvQqx
        Q1is78IZQQ/JmtwO69YYPyj6Fo7HPo/mCzZHEeOjgakwgaYwDAYDVR0TAQH/BAIw
        ADAOBgNVHQ8BAf8EBAMCB4AwEwYDVR0lBAwwCgYIKwYBBQUHAwEwMQYDVR0RBCow
        KIIOZWxzZXdoZXJlLnRlc3SCECouZWxzZXdoZXJlLnRlc3SHBMAAAgEwHQYDVR0O
        BBYEFIHUGzjG6zY4hhfOBFK0xqTOERMsMB8GA1UdIwQYMBaAFCl61rd9PsJ15IGd
        4pT9Ddem+TxzMAoGCCqGSM49BAMCA0kAMEYCIQCvv7hmiYxWx/9Q4+I05GP4OnEm
        NWG3N9jl53Ti0a17yAIhAMucorFURbUyu8Zvut0pgLKScEfFf/CCX+w3jL99Z2Fs
        -----END CERTIFICATE-----
        """

    /// The key of "elsewhere".
    package static let elsewhereKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgQFvepDuJoKhm4rm5
        EaSqwmJwFuWvcSLv+AsxQVmMJ/yhRANCAAR5LSNi7q0PpxlvnS9TrAyN/FUT2VaF
        kp78np54r8FUIL0KsUNYrO/CGUEPyZrcDuvWGD8o+haOxz6P5gs2RxHj
        -----END PRIVATE KEY-----
        """

    /// The certificate "nameless".
    package static let namelessCertificate = """
        -----BEGIN CERTIFICATE-----
        MIIBpTCCAUygAwIBAgIUOsJADJdYlgtewO+uf1J3OuYXWYswCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOVGVzdCBBdXRob3JpdHkwIBcNMjAwMTAxMDAwMDAwWhgPMjEy
        NTAxMDEwMDAwMDBaMBQxEjAQBgNVBAMMCWxvY2FsaG9zdDBZMBMGByqGSM49AgEG
        CCqGSM49AwEHA0IABGpgjNBJ9E/RhvmRWFoA3jvgevGQJ8Gz+BNT2HTYk7ni97l6
        ufOhxJDrxAhh7Nv2imq6Rzyitabkm6yD9tkoBpujdTBzMAwGA1UdEwEB/wQCMAAw
        DgYDVR0PAQH/BAQDAgeAMBMGA1UdJQQMMAoGCCsGAQUFBwMBMB0GA1UdDgQWBBSC
        x0gV14c6J/jUKEx8YI1Si4RRqzAfBgNVHSMEGDAWgBQpeta3fT7CdeSBneKU/Q3X
        pvk8czAKBggqhkjOPQQDAgNHADBEAiAuw0vIlW7OdZR0bq7rpR/n0PQq0CbOOqpp
        4x29JpDhjwIgGRZ1cduwncNcQZEr9RlFvi4eIAMsgkrKoG9RdBu2GTQ=
        -----END CERTIFICATE-----
        """

    /// The key of "nameless".
    package static let namelessKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgQDyS5FLwPR+2Oqur
        hFcEP1NQrL+RoO3Tsr+8SD6FdJ2hRANCAARqYIzQSfRP0Yb5kVhaAN474HrxkCfB
        s/gTU9h02JO54ve5ernzocSQ68QIYezb9opqukc8orWm5Jusg/bZKAab
        -----END PRIVATE KEY-----
        """

    /// The certificate "client".
    package static let clientCertificate = """
        -----BEGIN CERTIFICATE-----
        MIIBpzCCAU6gAwIBAgIUPXfnkPC5TG3L4KA0r9EmRCwoIkAwCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOVGVzdCBBdXRob3JpdHkwIBcNMjAwMTAxMDAwMDAwWhgPMjEy
        NTAxMDEwMDAwMDBaMBYxFDASBgNVBAMMC1Rlc3QgQ2xpZW50MFkwEwYHKoZIzj0C
        AQYIKoZIzj0DAQcDQgAEmgC4sgb35OyuwCaF0/1q7RBcC9JWhQ8H9/pie6f20hDD
        l9BFmxuhh/+y0H5Tc5DRmJgjmBLjObe3dlKqLb8K6aN1MHMwDAYDVR0TAQH/BAIw
        ADAOBgNVHQ8BAf8EBAMCB4AwEwYDVR0lBAwwCgYIKwYBBQUHAwIwHQYDVR0OBBYE
        FL6HMyTeufhynORQmFcNjgbUJBCOMB8GA1UdIwQYMBaAFCl61rd9PsJ15IGd4pT9
        Ddem+TxzMAoGCCqGSM49BAMCA0cAMEQCIE3kxseQNir1YSJ/ZhuitRamOvlVtdRO
        EBpsAEHNAZBIAiAS2dcCoVqjVQkmtHJTOv5JAJHOi/Q4S3r8bIkdqUPXAQ==
        -----END CERTIFICATE-----
        """

    /// The key of "client".
    package static let clientKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgN7SbNk1MjRbMXAKr
        EuxlB2T+CEUd6/5ARE/lxeyb/uShRANCAASaALiyBvfk7K7AJoXT/WrtEFwL0laF
        Dwf3+mJ7p/bSEMOX0EWbG6GH/7LQflNzkNGYmCOYEuM5t7d2Uqotvwrp
        -----END PRIVATE KEY-----
        """

    /// The certificate "stranger".
    package static let strangerCertificate = """
        -----BEGIN CERTIFICATE-----
        MIIBpjCCAUygAwIBAgIUcUu33YVmrVnvbGRwgfCxJ5DvBJcwCgYIKoZIzj0EAwIw
        GjEYMBYGA1UEAwwPT3RoZXIgQXV0aG9yaXR5MCAXDTIwMDEwMTAwMDAwMFoYDzIx
        MjUwMTAxMDAwMDAwWjATMREwDwYDVQQDDAhTdHJhbmdlcjBZMBMGByqGSM49AgEG
        CCqGSM49AwEHA0IABP1iu97H+qBywlMDb38hy1PlceCmO6JAoacqki3OZfsmxZ3J
        3rqd8oDKtcyw1scKNKENhztOCtyPCovh4Mjwd1WjdTBzMAwGA1UdEwEB/wQCMAAw
        DgYDVR0PAQH/BAQDAgeAMBMGA1UdJQQMMAoGCCsGAQUFBwMCMB0GA1UdDgQWBBRr
        YOji4kkv8YUamivWqIG5DwRUDzAfBgNVHSMEGDAWgBSpkEtzBVRe0XxJLw35erDB
        R5K+6DAKBggqhkjOPQQDAgNIADBFAiB9Vc8CimZk6guxcHOAu9Y2EyZ5aQnWgpI9
        7Xh+3UPY2gIhAM3aLOgW69x4rrABHR/QqhdHZP3u88zN5X9WO1rHemRj
        -----END CERTIFICATE-----
        """

    /// The key of "stranger".
    package static let strangerKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjb66YakC3csXaA1g
        PRApw8iNZyhpMeBdC0HqqO+Li4KhRANCAAT9Yrvex/qgcsJTA29/IctT5XHgpjui
        QKGnKpItzmX7JsWdyd66nfKAyrXMsNbHCjShDYc7TgrcjwqL4eDI8HdV
        -----END PRIVATE KEY-----
        """

    /// The certificate "alone".
    package static let aloneCertificate = """
        -----BEGIN CERTIFICATE-----
        MIIBizCCATGgAwIBAgIURuULlUhOejIme4V7SK5eJ26UeRcwCgYIKoZIzj0EAwIw
        FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTIwMDEwMTAwMDAwMFoYDzIxMjUwMTAx
        MDAwMDAwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
        PQMBBwNCAAT23bbmxSe6nHL/GkzlUHF7q3bgUyaKNUg75Q4nIDfPwt/iH6rHzRZ1
        tCjoKbAGbnrjdx2TRre4q3apqM6z5jKio18wXTA8BgNVHREENTAzgglsb2NhbGhv
        c3SCDiouc3RyZWFtcy50ZXN0hwR/AAABhxAAAAAAAAAAAAAAAAAAAAABMB0GA1Ud
        DgQWBBRQQ4ONDeLKzA/mwz/lcerEXzQWyDAKBggqhkjOPQQDAgNIADBFAiEAj1/5
        FKQJyF2k9/B/rWsTHgK5VxfNd1rxYyjYS8vpbykCIBeyB1gZwQPK2aIzPVKSVG5o
        I97g5gDCVm7UnY1r/wmC
        -----END CERTIFICATE-----
        """

    /// The key of "alone".
    package static let aloneKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgcwuTZW72tWe7/p6M
        ajnT/kQwcEUf/aO0l/V53taSgHOhRANCAAT23bbmxSe6nHL/GkzlUHF7q3bgUyaK
        NUg75Q4nIDfPwt/iH6rHzRZ1tCjoKbAGbnrjdx2TRre4q3apqM6z5jKi
        -----END PRIVATE KEY-----
        """
}

/// Certificates and keys in PEM for the servers and clients of the tests; see `scripts/test-certificates`.
///
/// | name | for | |
/// |---|---|---|
/// | `server` | localhost, \*.streams.test, 127.0.0.1, ::1 | valid until 2125 |
/// | `expired`, `early` | the same | valid in January 2020; valid from 2124 |
/// | `elsewhere` | elsewhere.test, \*.elsewhere.test, 192.0.2.1 | |
/// | `nameless` | no host: localhost is only its common name | |
/// | `under` | as `server` | its issuer, below the first authority, expired in 2020; its certificate follows |
/// | `alone` | as `server` | self-signed |
/// | `client` | clients | |
/// | `stranger` | clients | of another authority |
package enum TestCertificates {}

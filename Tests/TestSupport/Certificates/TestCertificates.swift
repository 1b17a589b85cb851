/// Certificates and keys in PEM, of which the tests make servers and clients; see `scripts/test-certificates`.
///
/// | name | for | |
/// |---|---|---|
/// | `server` | localhost, \*.streams.test, 127.0.0.1, ::1 | valid until 2125 |
/// | `expired`, `early` | the same | valid in January 2020; from 2124 on |
/// | `elsewhere` | elsewhere.test, \*.elsewhere.test, 192.0.2.1 | |
/// | `nameless` | nobody: localhost is only its common name | |
/// | `under` | as `server` | of an authority below the first that expired in 2020, which follows it |
/// | `alone` | as `server` | vouches for itself |
/// | `client` | clients | |
/// | `stranger` | clients | of another authority |
package enum TestCertificates {}

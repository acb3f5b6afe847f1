//
// This source file is part of the swift-circuit-breaker open source project
// Copyright (c) 2026 the swift-circuit-breaker authors
// SPDX-License-Identifier: Apache-2.0
//

/// A certificate for localhost that nothing but these tests trusts, and its key.
package let testCertificate = """
    -----BEGIN CERTIFICATE-----
    MIIBmjCCAUGgAwIBAgIUYWmbG77wyV6Bmoqfp8aed7IHUyswCgYIKoZIzj0EAwIw
    FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNjAxNTUxMVoYDzIxMjYxMTAy
    MDE1NTExWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
    PQMBBwNCAATmf+7QeaMhIij30dkQE1KUNWFX2whtSxdGVCCN+d0+B7hX3dwsmjsv
    FB07u/JP+Sj2bn5FoNqJyEv9/tMDHUgbo28wbTAdBgNVHQ4EFgQU/Qz97RAkLfO0
    nrfifrEzxZgEx0owHwYDVR0jBBgwFoAU/Qz97RAkLfO0nrfifrEzxZgEx0owDwYD
    VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
    zj0EAwIDRwAwRAIgULKmWqMAMOGpgLW84GzyIF2vTlYxKHOshkt3M/hom2cCICXn
    g/flfrktxeWkxH9B+UgBOH56VCi4XLfhlgMmnQ0P
    -----END CERTIFICATE-----
    """

package let testKey = """
    -----BEGIN PRIVATE KEY-----
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgdTpffgNhWpS1+Xhc
    qv7rAJKVNi3lpY2tDDTN+Nwwkt+hRANCAATmf+7QeaMhIij30dkQE1KUNWFX2wht
    SxdGVCCN+d0+B7hX3dwsmjsvFB07u/JP+Sj2bn5FoNqJyEv9/tMDHUgb
    -----END PRIVATE KEY-----
    """

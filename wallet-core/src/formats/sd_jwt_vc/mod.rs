//! SD-JWT VC (RFC 9901 and draft-ietf-oauth-sd-jwt-vc).

//! Close codes (RFC 6455 §7.4 and the IANA registry).

/// Why a WebSocket is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub(crate) enum Code {
    Normal = 1000,
    ProtocolError = 1002,
    Unsupported = 1003,
    InvalidText = 1007,
    Policy = 1008,
    TooBig = 1009,
    InternalError = 1011,
    ServiceRestart = 1012,
    TryAgainLater = 1013,
}

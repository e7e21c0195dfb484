internal import Foundation

/// The kernel's own words for an `errno` value: "No space left on device".
func systemMessage(_ code: Int32) -> String { String(cString: strerror(code)) }

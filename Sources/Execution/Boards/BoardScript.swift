/// What runs on a board besides the agent: one POSIX shell script, sent with each command.
///
/// Names in it are its own (hexadecimal digests); everything comes as an argument, nothing is put into its text.
/// Exit statuses: 0 done; 71 the folder or a file could not be written; 72 the file came damaged.
enum BoardScript {
  static let cannotWrite: Int32 = 71
  static let damaged: Int32 = 72

  static func command(_ words: [String]) -> [String] { ["sh", "-c", text, "edgebench"] + words }

  private static let text = #"""
    LC_ALL=C; export LC_ALL; umask 077
    cache=${XDG_CACHE_HOME:-$HOME/.cache}/edgebench
    enter() { mkdir -p "$cache" && cd "$cache" || exit 71; }
    case $1 in
    snapshot)
      shift
      for file in "$@"; do
        for each in $file; do
          [ -r "$each" ] && [ -f "$each" ] && echo "@$each" && head -c 262144 "$each" | tr "\000" "\n" | sed "s/^/ /"
        done
      done
      echo "@machine"; uname -m | sed "s/^/ /"
      echo "@bits"; getconf LONG_BIT | sed "s/^/ /"
      echo "@throttled"; { vcgencmd get_throttled 2>/dev/null || :; } | sed "s/^/ /"
      echo "@storage"; df -P "$HOME" 2>/dev/null | sed "s/^/ /"
      echo "@end" ;;
    missing)
      shift; enter
      for file in "$@"; do [ -f "$file" ] || echo "$file"; done ;;
    put)
      enter; part=$2.$$.part
      trap 'rm -f "$part"' EXIT
      mkdir -p "${2%/*}" && head -c "$3" >"$part" || exit 71
      sum=$(sha256sum <"$part") && [ "${sum%% *}" = "$4" ] || exit 72
      chmod "$5" "$part" && mv -f "$part" "$2" || exit 71 ;;
    version)
      enter; "./$2" --version ;;
    start)
      enter; run=runs/$2
      mkdir -p "$run" && head -c "$4" >"$run/request" && : >"$run/events" || exit 71
      nohup sh -c '
        "$1" <"$2/request" >>"$2/events" 2>"$2/complaint" &
        echo $! >"$2/pid"; wait $!; status=$?
        said=$(tail -n 1 "$2/complaint" | tr -cd "A-Za-z0-9 ._/:()-" | cut -c 1-200)
        printf "{\"event\":\"exit\",\"status\":%d,\"message\":\"%s\"}\n" $status "$said" >>"$2/events"
      ' edgebench "./$3" "$run" </dev/null >/dev/null 2>&1 & ;;
    follow)
      enter; exec tail -c +1 -f "runs/$2/events" ;;
    running)
      enter; cd "runs/$2" || exit 1
      tail -n 1 events | grep -q "^{.event.:.exit." || kill -0 "$(cat pid)" 2>/dev/null || exit 1 ;;
    stop)
      enter
      [ ! -f "runs/$2/pid" ] || kill "$(cat "runs/$2/pid")" 2>/dev/null
      rm -rf "runs/$2" ;;
    remove)
      rm -rf "$cache" ;;
    esac
    """#
}

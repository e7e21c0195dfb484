internal import Digests

/// What runs on a board besides the agent: one POSIX shell script, which is kept there like the agent.
///
/// Names in it are its own (hexadecimal digests); everything comes as an argument, nothing from outside is put into its text.
/// Exit statuses: 0 done; 71 the folder or a file could not be written; 72 the file came damaged; 73 the script is not there.
enum BoardScript {
  static let damaged: Int32 = 72
  static let notThere: Int32 = 73

  /// Runs one of the script's functions from the board's copy.
  static func command(_ words: [String]) -> [String] { ["sh", "-c", call, name] + words }

  /// Runs one of them without a copy there, for a board that cannot keep one.
  static func wholeCommand(_ words: [String]) -> [String] { ["sh", "-c", text, "edgebench"] + words }

  /// Keeps the script there; its bytes come on standard input.
  static var installation: [String] { ["sh", "-c", install, name, String(text.utf8.count)] }

  /// Where a word would be empty: no limit, no command.
  static let nothing = "-"

  private static let name = "script-\(SHA256.hexadecimal(of: text).prefix(16))"

  private static let cache = "${XDG_CACHE_HOME:-$HOME/.cache}/edgebench"

  private static let call = #"""
    [ -f "\#(cache)/$0" ] || exit 73
    exec sh "\#(cache)/$0" "$@"
    """#

  private static let install = #"""
    umask 077; mkdir -p "\#(cache)" && cd "\#(cache)" || exit 71
    head -c "$1" >"$0.$$.part" && mv -f "$0.$$.part" "$0" || { rm -f "$0.$$.part"; exit 71; }
    """#

  static let text = #"""
    LC_ALL=C; export LC_ALL; umask 077
    cache=\#(cache)
    enter() { mkdir -p "$cache" && cd "$cache" || exit 71; }
    confine() { # NAME BYTES: a cgroup with that much memory where this user may make one
      tree=${EDGEBENCH_CGROUPS:-/sys/fs/cgroup}
      if [ -f "$tree/cgroup.controllers" ]; then
        mechanism=cgroup-v2 group=$tree/$1
        echo +memory >"$tree/cgroup.subtree_control"
        mkdir "$group" && echo "$2" >"$group/memory.max" || return
        echo 0 >"$group/memory.swap.max"; echo 1 >"$group/memory.oom.group"
      else
        mechanism=cgroup-v1 group=$tree/memory/$1
        [ -f "$tree/memory/memory.limit_in_bytes" ] || return
        mkdir "$group" && echo "$2" >"$group/memory.limit_in_bytes" || return
        echo "$2" >"$group/memory.memsw.limit_in_bytes"
      fi
      [ -f "$group/cgroup.procs" ]
    }
    limited() { # BYTES COMMAND...: address space and data, as any user may limit them
      [ "$1" = - ] || { ulimit -v $(($1 / 1024 + 16384)); ulimit -d $(($1 / 1024)); }
      shift; exec "$@"
    }
    number() { # FILE [KEY]
      { if [ $# -eq 1 ]; then cat "$1"; else sed -n "s/^$2 //p" "$1"; fi; } 2>/dev/null | tr -cd 0-9
    }
    run() { # ID AGENT BYTES CORES COMMAND
      trap "" HUP
      run=runs/$1 agent=./$2 memory=$3 cores=$4 group="" companion="" mechanism=none
      if [ "$5" != - ]; then
        if command -v setsid; then setsid sh -c "$5" & else sh -c "$5" & fi
        companion=$!
        sleep 1
        kill -0 "$companion" || {
          wait "$companion"
          printf "{\"event\":\"companion_ended\",\"status\":%d}\n" $? >>"$run/events"
          return
        }
      fi
      if [ "$memory" != - ]; then
        if confine "edgebench.$1" "$memory"; then memory=-; else
          [ -z "$group" ] || rmdir "$group"
          group="" mechanism=rlimit
        fi
      fi
      printf "{\"event\":\"confined\",\"mechanism\":\"%s\"}\n" "$mechanism" >>"$run/events"
      set -- "$agent"
      if [ "$cores" != - ] && command -v taskset; then set -- taskset -c "$cores" "$@"; fi
      (
        [ -z "$group" ] || echo 0 >"$group/cgroup.procs"
        limited "$memory" "$@"
      ) <"$run/request" >>"$run/events" 2>"$run/complaint" &
      echo $! >"$run/pid"; wait $!; status=$?
      if [ -n "$companion" ]; then
        if kill -0 "$companion"; then echo running >"$run/companion"; else echo ended >"$run/companion"; fi
        kill -- "-$companion" || kill "$companion"
      fi
      said=$(tail -n 1 "$run/complaint" | tr -cd "A-Za-z0-9 ._/:()-" | cut -c 1-200)
      peak=$(number "$group/memory.peak") kills=$(number "$group/memory.events" oom_kill)
      [ -n "$peak" ] || peak=$(number "$group/memory.max_usage_in_bytes")
      [ -n "$kills" ] || kills=$(number "$group/memory.oom_control" oom_kill)
      printf "{\"event\":\"exit\",\"status\":%d,\"kills\":%d,\"peak_memory_bytes\":%d,\"message\":\"%s\"}\n" \
        $status "${kills:-0}" "${peak:-0}" "$said" >>"$run/events"
      [ -z "$group" ] || rmdir "$group"
    }
    case $1 in
    snapshot)
      for each in \#(BoardSnapshot.patterns.joined(separator: " ")); do
        [ -r "$each" ] && [ -f "$each" ] && echo "@$each" && head -c 262144 "$each" | tr "\000" "\n" | sed "s/^/ /"
      done
      echo "@machine"; uname -m | sed "s/^/ /"
      echo "@bits"; getconf LONG_BIT | sed "s/^/ /"
      echo "@throttled"; { vcgencmd get_throttled 2>/dev/null || :; } | sed "s/^/ /"
      echo "@firmware"; { vcgencmd version 2>/dev/null || :; } | sed "s/^/ /"
      echo "@storage"; df -P "$HOME" 2>/dev/null | sed "s/^/ /"
      echo "@speed"; { cat "$cache/speed" 2>/dev/null || :; } | sed "s/^/ /"
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
    speed)
      # Random bytes, which no file system makes smaller, written through to the device and read past the cache.
      enter; trap 'rm -f source.part copy.part' EXIT
      dd if=/dev/urandom of=source.part bs=1048576 count=16 2>/dev/null || exit 0
      {
        echo "write $(dd if=source.part of=copy.part bs=1048576 conv=fsync 2>&1 | tail -n 1)"
        echo "read $(dd if=copy.part of=/dev/null bs=1048576 iflag=direct 2>&1 | tail -n 1)"
      } >speed.part && mv -f speed.part speed || rm -f speed.part ;;
    version)
      enter; "./$2" --version ;;
    start)
      enter
      mkdir -p "runs/$2" && head -c "$4" >"runs/$2/request" && : >"runs/$2/events" || exit 71
      ( run "$2" "$3" "$5" "$6" "$7" ) </dev/null >/dev/null 2>&1 & ;;
    follow)
      enter; exec tail -c +1 -f "runs/$2/events" ;;
    running)
      enter; cd "runs/$2" || exit 1
      tail -n 1 events | grep -q "^{.event.:.exit." || kill -0 "$(cat pid)" 2>/dev/null || exit 1 ;;
    beside)
      enter; cd "runs/$2" || exit 1
      for second in 1 2 3 4 5 6 7 8 9 10; do
        [ ! -f companion ] || break
        sleep 1
      done
      cat companion ;;
    stop)
      enter
      [ ! -f "runs/$2/pid" ] || kill "$(cat "runs/$2/pid")" 2>/dev/null
      rm -rf "runs/$2" ;;
    remove)
      rm -rf "$cache" ;;
    esac
    """#
}

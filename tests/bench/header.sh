# shellcheck shell=bash
# For bars written in bash; source it: `. "$(dirname "$0")/header.sh"`.
#   bar_header NAME [SEED]             what the figures were measured on
#   bar_report NAME FIGURE BAR ok|missed   one line a figure; remembers a miss
#   bar_end                            exits non-zero when something was missed
# A figure that is neither ok nor missed is a mistake of the bar and ends it.

bar_missed=0
bar_shown=0

bar_header() {
    local model memory
    model=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
    memory=$(awk '/^MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo)
    printf 'bar %s\n' "$1"
    printf '  machine  %s × %s, %s, %s\n' "$(nproc)" "${model:-unknown processor}" "$memory" "$(uname -sr)"
    printf '  load     %s\n' "$(cut -d ' ' -f 1-3 /proc/loadavg)"
    printf '  commit   %s\n' "$(git -C "$(dirname "${BASH_SOURCE[0]}")" describe --always --dirty 2>/dev/null || echo none)"
    if [ -n "${2:-}" ]; then
        printf '  seed     %s\n' "$2"
    fi
}

bar_report() {
    case "$4" in
    ok) ;;
    missed) bar_missed=$((bar_missed + 1)) ;;
    *)
        printf 'bar_report: the verdict must be ok or missed: %s\n' "$4" >&2
        exit 2
        ;;
    esac
    bar_shown=$((bar_shown + 1))
    printf '  %-7s %s: %s (bar: %s)\n' "$4" "$1" "$2" "$3"
}

bar_end() {
    if [ "$bar_shown" -eq 0 ]; then
        printf '  missed  nothing was measured\n'
        exit 1
    fi
    printf '  load     %s at the end\n' "$(cut -d ' ' -f 1-3 /proc/loadavg)"
    if [ "$bar_missed" -gt 0 ]; then
        printf '%d of %d figures missed\n' "$bar_missed" "$bar_shown"
        exit 1
    fi
    printf 'all %d figures ok\n' "$bar_shown"
}

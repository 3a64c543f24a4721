# Ends processes when the process that started this script has ended. Standard input is a pipe from that process, one order a line:
#
#   watch <signal> <pid> [<folder>]   at the end: send the signal, then remove the folder
#   forget <pid>                      this process has ended by itself
#
# The kernel closes the pipe when its writer ends, however it ends, so the end of the input is the sign.
# POSIX sh, since scripts/with-toolchain.mjs runs this file on machines that may have nothing else.

newline='
'
watched=''
while read -r verb rest; do
  case $verb in
    watch) watched=$watched$rest$newline ;;
    forget) watched=$(printf %s "$watched" | grep -v "^[A-Z]* $rest\( \|\$\)")$newline ;;
  esac
done

printf %s "$watched" | while read -r signal pid folder; do
  [ -z "$pid" ] || kill -s "$signal" "$pid" 2>/dev/null
done
printf %s "$watched" | while read -r signal pid folder; do
  [ -n "$folder" ] || continue
  tries=0
  # A database server writes to its folder up to its end.
  while kill -0 "$pid" 2>/dev/null && [ "$tries" -lt 50 ]; do
    sleep 0.1
    tries=$((tries + 1))
  done
  rm -rf -- "$folder"
done

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
  [ -n "$pid" ] || continue
  kill -s "$signal" "$pid" 2>/dev/null
  # A suspended process receives the signal only once it resumes.
  kill -s CONT "$pid" 2>/dev/null
done
printf %s "$watched" | while read -r signal pid folder; do
  [ -n "$folder" ] || continue
  tries=0
  # A database server writes to its folder up to its end.
  while kill -0 "$pid" 2>/dev/null && [ "$tries" -lt 50 ]; do
    sleep 0.1
    tries=$((tries + 1))
  done
  # A file system of its own may be mounted there.
  umount -l "$folder" 2>/dev/null
  rm -rf -- "$folder"
done

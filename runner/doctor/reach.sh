# shellcheck shell=sh disable=SC2154 # `places` has a line HOST PORT for each, and comes from runner/doctor/reach.ts
# Whether this machine reaches ports of others: a line HOST PORT and open, refused, silent, unresolved or
# no-route for each. A refusal is an answer: nothing listens there yet, and nothing is in between.

# With bash alone the reason can be told; every distribution that is supported has it.
if ! command -v bash >/dev/null 2>&1; then
  echo "none"
  exit 0
fi

# shellcheck disable=SC2016 # expanded for each place
one='said=$(timeout 5 bash -c "exec 3<>/dev/tcp/\$0/\$1" "$0" "$1" 2>&1)
code=$?
case $code:$said in
  0:*) said=open ;;
  124:*) said=silent ;;
  *refused*) said=refused ;;
  *"not known"* | *"resolution"* | *"No address"*) said=unresolved ;;
  *) said=no-route ;;
esac
echo "$0 $1 $said"'

# shellcheck disable=SC2086 # a word each
echo $places | LC_ALL=C xargs -n 2 -P 32 sh -c "$one"

# Which hosts NCCL went from by Ethernet, by its own lines: a line each, with the card or transport. NCCL calls RoCE on an
# Ethernet card NET/IB too, so the link layer of the cards that the channels use is what counts (docs/benchmark.md).
function note(host, by) { if (!(host in slow)) slow[host] = by }

/NCCL INFO/ && match($0, /[A-Za-z0-9][A-Za-z0-9_.-]*:[0-9]+:[0-9]+ /) {
  host = substr($0, RSTART); sub(/:.*/, "", host)
  if (!(host in known)) { known[host] = 1; order[++hosts] = host }
  if (/via NET\/Socket|Using network Socket/) note(host, "NET/Socket")
  else if (match($0, /NET\/IB[A-Za-z0-9_]* ?: Using /)) {
    count = split(substr($0, RSTART + RLENGTH), words, /[ ,{}]+/)
    for (i = 1; i <= count; i++) {
      if (match(words[i], /^\[[0-9]+\]=?/)) {
        card = substr(words[i], 2, index(words[i], "]") - 2); name = substr(words[i], RSTART + RLENGTH)
      } else name = words[i]
      if (name ~ /\/RoCE/) { roce[host, card] = name; any[host] = name }
      else if (name ~ /\/IB/) infiniband[host] = 1
    }
  } else if (match($0, /via NET\/IB[A-Za-z0-9_]*\/[0-9]+/)) {
    card = substr($0, RSTART, RLENGTH); sub(/.*\//, "", card)
    used[host, card] = 1
  }
}

END {
  for (each in used) if (each in roce) { split(each, parts, SUBSEP); note(parts[1], roce[each]) }
  for (host in any) if (!(host in infiniband)) note(host, any[host])
  for (i = 1; i <= hosts; i++) if (order[i] in slow) print order[i] " (" slow[order[i]] ")"
}

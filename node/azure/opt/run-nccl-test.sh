#!/usr/bin/env bash
# run-nccl-test.sh HOSTFILE [OPTION…]: NCCL's all-reduce over the hosts of HOSTFILE, a rank for each GPU, by mpirun from
# this machine. OPTIONs go to all_reduce_perf; by default it sends messages of 8 GiB, ten times. The tool's action
# Benchmark does the same and judges the result; the settings are the same (docs/benchmark.md).
# Exit status: that of mpirun, 64 for wrong usage, 69 if something is missing.
set -euo pipefail
HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=fleet/hosts.sh
. "$HERE/fleet/hosts.sh"

MISSING=69
PROGRAM=${NCCL_TEST:-/opt/nccl-tests/build/all_reduce_perf}
EVERY_TIME=(CUDA_DEVICE_ORDER=PCI_BUS_ID NCCL_DEBUG=INFO "NCCL_DEBUG_SUBSYS=INIT,NET" NCCL_SOCKET_IFNAME=eth0)
FOREIGN=127.0.0.0/8,172.17.0.0/16,169.254.0.0/16
MCA=(plm_rsh_no_tree_spawn=1 plm_rsh_num_concurrent=800 coll_hcoll_enable=0
  "oob_tcp_if_exclude=$FOREIGN" "btl_tcp_if_exclude=$FOREIGN")

main() {
  local gpus listed mpirun start options=() each variables=() topology slow
  (($# >= 1)) && [[ $1 != -* ]] || {
    echo "usage: ${0##*/} HOSTFILE [OPTION…]" >&2
    exit "$USAGE"
  }
  read_hosts "$1"
  shift
  for start in /etc/profile.d/modules.sh /usr/share/modules/init/bash; do
    if [[ -r $start ]]; then
      # shellcheck disable=SC1090
      . "$start"
      break
    fi
  done
  if command -v module >/dev/null; then module load mpi/hpcx || :; fi
  mpirun=$(command -v mpirun) || missing "mpirun"
  [[ -x $PROGRAM ]] || missing "$PROGRAM"
  listed=$(timeout 60 nvidia-smi -L) || missing "GPU that nvidia-smi shows"
  gpus=$(grep -c '^GPU ' <<<"$listed") || missing "GPU that nvidia-smi shows"

  settings_for "$listed"
  variables=("${EVERY_TIME[@]}" "${SETTINGS[@]}")
  topology=$TOPOLOGY
  if [[ -n $topology && -r $topology ]]; then variables+=("NCCL_TOPO_FILE=$topology"); fi
  for each in "${MCA[@]}"; do options+=(--mca "${each%%=*}" "${each#*=}"); done
  for each in "${variables[@]}"; do options+=(-x "$each"); done
  (($# > 0)) || set -- -b 8G -e 8G -f 2 -g 1 -c 1 -N 10
  printf "%s slots=$gpus\n" "${HOSTS[@]}" >"$WORK/hostfile"

  "$mpirun" --hostfile "$WORK/hostfile" -np "$((gpus * ${#HOSTS[@]}))" --map-by "ppr:$gpus:node" --bind-to none \
    "${options[@]}" -x "LD_LIBRARY_PATH=${LD_LIBRARY_PATH:-}" "$PROGRAM" "$@" </dev/null | tee "$WORK/printed"
  slow=$(awk -f "$HERE/fleet/ethernet.awk" "$WORK/printed")
  if [[ -n $slow && $INFINIBAND == yes ]]; then
    echo "${0##*/}: NCCL used Ethernet although these machines have InfiniBand: ${slow//$'\n'/, }" >&2
  fi
}

# settings_for LIST: sets SETTINGS, TOPOLOGY and INFINIBAND, by nvidia-smi's list of GPUs. An H100 without
# InfiniBand has no Mellanox card.
settings_for() {
  INFINIBAND=no
  TOPOLOGY=
  SETTINGS=(UCX_TLS=tcp UCX_NET_DEVICES=eth0)
  [[ -n $(infiniband_cards) ]] || return 0
  INFINIBAND=yes
  case $1 in
    *GB200* | *GB300*)
      SETTINGS=(NCCL_MNNVL_ENABLE=1 NCCL_NVLS_ENABLE=1 NCCL_SHM_DISABLE=1 NCCL_DMABUF_ENABLE=1 NCCL_IB_SL=1
        NCCL_NET_GDR_LEVEL=PHB NCCL_NET_GDR_C2C=1)
      ;;
    *H100* | *H200*)
      TOPOLOGY=/opt/microsoft/ndv5-topo.xml
      SETTINGS=(NCCL_MIN_NCHANNELS=32 NCCL_IB_QPS_PER_CONNECTION=4 NCCL_P2P_NET_CHUNKSIZE=524288 NCCL_PXN_DISABLE=1
        NCCL_IGNORE_CPU_AFFINITY=1 NCCL_IB_PCI_RELAXED_ORDERING=1 UCX_TLS=rc UCX_NET_DEVICES=mlx5_ib0:1)
      ;;
    *A100*)
      TOPOLOGY=/opt/microsoft/ndv4-topo.xml
      SETTINGS=(NCCL_IB_PCI_RELAXED_ORDERING=1 UCX_IB_PCI_RELAXED_ORDERING=on UCX_TLS=tcp UCX_NET_DEVICES=eth0)
      ;;
  esac
}

infiniband_cards() {
  grep -ls InfiniBand "${INFINIBAND_FOLDER:-/sys/class/infiniband}"/*/ports/*/link_layer || :
}

missing() {
  echo "${0##*/}: no $1 here" >&2
  exit "$MISSING"
}

main "$@"

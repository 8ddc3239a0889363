# shellcheck shell=bash
# shellcheck disable=SC2034 # what stands here is used in the examples
# What the NCCL examples know of machines, read where sbatch was called: the environment, `sizes` of messages, and `bind`,
# which gives each task the processors next to its GPU. On Azure's sizes with eight GPUs and InfiniBand these are the
# settings that Benchmark has there; elsewhere the machine's own hold (/etc/nccl.conf).
# Masks: of ND A100 v4, github.com/Azure/azurehpc, experimental/run_nccl_tests_ndv4; of ND H100 v5, Azure's pages on
# NeMo (both read 2026-12-01).

if [[ -r /etc/profile.d/modules.sh ]]; then
  # shellcheck source=/dev/null
  . /etc/profile.d/modules.sh
  module load mpi/hpcx 2>/dev/null || true
fi

gpus=${SLURM_GPUS_ON_NODE:-1}
sizes=(-b 1048576 -e 1073741824)
bind=none
export CUDA_DEVICE_ORDER=PCI_BUS_ID NCCL_DEBUG=INFO NCCL_DEBUG_SUBSYS=INIT,NET

topologies=${TOPOLOGY_FOLDER:-/opt/microsoft}
if [[ $gpus == 8 && -e ${INFINIBAND_FOLDER:-/sys/class/infiniband}/mlx5_ib0 ]]; then
  case $(nvidia-smi --query-gpu=name --format=csv,noheader | head -n 1) in
    *H100* | *H200*)
      export NCCL_SOCKET_IFNAME=eth0 NCCL_MIN_NCHANNELS=32 NCCL_IB_QPS_PER_CONNECTION=4 NCCL_P2P_NET_CHUNKSIZE=524288
      export NCCL_PXN_DISABLE=1 NCCL_IGNORE_CPU_AFFINITY=1 NCCL_IB_PCI_RELAXED_ORDERING=1
      export UCX_TLS=rc UCX_NET_DEVICES=mlx5_ib0:1
      topology=$topologies/ndv5-topo.xml
      sizes=(-b 1048576 -e 17179869184)
      bind=mask_cpu:fff,fff000,fff000000,fff000000000,fff000000000000,fff000000000000000
      bind+=,fff000000000000000000,fff000000000000000000000
      ;;
    *A100*)
      export NCCL_SOCKET_IFNAME=eth0 NCCL_IB_PCI_RELAXED_ORDERING=1
      export UCX_IB_PCI_RELAXED_ORDERING=on UCX_TLS=tcp UCX_NET_DEVICES=eth0
      topology=$topologies/ndv4-topo.xml
      sizes=(-b 1048576 -e 8589934592)
      bind=mask_cpu:ffffff000000,ffffff000000,ffffff,ffffff,ffffff000000000000000000,ffffff000000000000000000
      bind+=,ffffff000000000000,ffffff000000000000
      ;;
  esac
fi
if [[ -n ${topology:-} && -e $topology ]]; then
  export NCCL_TOPO_FILE=$topology
fi

# all_reduce_perf: where Azure's images have it, else on PATH; ALL_REDUCE_PERF names another.
program=${ALL_REDUCE_PERF:-/opt/nccl-tests/build/all_reduce_perf}
[[ -x $program ]] || program=all_reduce_perf

tasks=(--ntasks="$((gpus * ${SLURM_JOB_NUM_NODES:-1}))" --ntasks-per-node="$gpus" --overcommit --cpu-bind="$bind")
[[ -z ${SLURM_GPUS_ON_NODE:-} ]] || tasks+=(--gres="gpu:$gpus")

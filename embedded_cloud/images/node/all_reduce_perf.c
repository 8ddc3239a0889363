/* Stands in NCCL's place on a machine without GPUs: the all-reduce of nccl-tests, done by MPI, with the same options and
 * the same rows. What it measures is real, and says nothing of GPUs or InfiniBand; its first line says so.
 *
 * Rows and options: https://github.com/NVIDIA/nccl-tests, README.md and doc/PERFORMANCE.md (read 2026-11-25): the bus
 * bandwidth of an all-reduce is the algorithm's times 2(n-1)/n.
 */
#include <getopt.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Bytes: each rank holds two buffers, and many ranks share one small machine. */
#define LARGEST (4L << 20)
#define MOST_ITERATIONS 10

struct plan {
  long smallest, largest, step;
  double factor;
  int iterations, warmups, cycles;
};

static long bytes_of(const char *text) {
  char *unit;
  double number = strtod(text, &unit);
  switch (*unit) {
  case 'k': case 'K': number *= 1024; break;
  case 'm': case 'M': number *= 1024L * 1024; break;
  case 'g': case 'G': number *= 1024L * 1024 * 1024; break;
  default: break;
  }
  return (long)number;
}

static struct plan read_plan(int count, char **given) {
  struct plan plan = {32L << 20, 32L << 20, 1L << 20, 0, 20, 5, 1};
  static const struct option names[] = {
      {"minbytes", required_argument, 0, 'b'}, {"maxbytes", required_argument, 0, 'e'},
      {"stepbytes", required_argument, 0, 'i'}, {"stepfactor", required_argument, 0, 'f'},
      {"iters", required_argument, 0, 'n'}, {"warmup_iters", required_argument, 0, 'w'},
      {"run_cycles", required_argument, 0, 'N'}, {"ngpus", required_argument, 0, 'g'},
      {"nthreads", required_argument, 0, 't'}, {"check", required_argument, 0, 'c'},
      {"op", required_argument, 0, 'o'}, {"datatype", required_argument, 0, 'd'},
      {"cudagraph", required_argument, 0, 'G'}, {"local_register", required_argument, 0, 'R'}, {0, 0, 0, 0}};
  int option;
  while ((option = getopt_long(count, given, "b:e:i:f:n:w:N:g:t:c:o:d:G:R:p:m:C:a:T:z:r:h", names, NULL)) != -1) {
    switch (option) {
    case 'b': plan.smallest = bytes_of(optarg); break;
    case 'e': plan.largest = bytes_of(optarg); break;
    case 'i': plan.step = bytes_of(optarg); break;
    case 'f': plan.factor = atof(optarg); break;
    case 'n': plan.iterations = atoi(optarg); break;
    case 'w': plan.warmups = atoi(optarg); break;
    case 'N': plan.cycles = atoi(optarg); break;
    case '?': exit(2);
    default: break; /* nothing that an all-reduce of floats over MPI would do otherwise */
    }
  }
  return plan;
}

/* Microseconds of one all-reduce, on the average of all ranks. */
static double timed(const float *from, float *to, int elements, int iterations, int ranks) {
  double sum = 0, began, own;
  MPI_Barrier(MPI_COMM_WORLD);
  began = MPI_Wtime();
  for (int i = 0; i < iterations; i++)
    MPI_Allreduce(from == to ? MPI_IN_PLACE : (const void *)from, to, elements, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
  own = (MPI_Wtime() - began) * 1e6 / iterations;
  MPI_Allreduce(&own, &sum, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
  return sum / ranks;
}

static void fill(float *buffer, int elements, int rank) {
  for (int i = 0; i < elements; i++) buffer[i] = (float)((i + rank) % 7);
}

/* How many elements of the sum, of all ranks together, are wrong. */
static long wrong_in(const float *sum, int elements, int ranks) {
  long own = 0, all = 0;
  for (int i = 0; i < elements; i++) {
    float wanted = 0;
    for (int rank = 0; rank < ranks; rank++) wanted += (float)((i + rank) % 7);
    own += sum[i] != wanted;
  }
  MPI_Allreduce(&own, &all, 1, MPI_LONG, MPI_SUM, MPI_COMM_WORLD);
  return all;
}

static void head(const struct plan *plan, int rank, int ranks) {
  char host[MPI_MAX_PROCESSOR_NAME] = "", line[256];
  int length;
  MPI_Get_processor_name(host, &length);
  snprintf(line, sizeof line, "#  Rank %2d Group  0 Pid %6d on %10s device %2d [none] no GPU: MPI in NCCL's place\n", rank,
           (int)getpid(), host, rank);
  if (rank == 0) {
    printf("# rehearsal: no GPU was involved. MPI does these all-reduces in NCCL's place, from the machines' main memory.\n");
    if (plan->largest > LARGEST)
      printf("# rehearsal: sizes above %ld bytes are left out: the machines are containers on one small machine.\n", LARGEST);
    printf("# nThread 1 nGpus 1 minBytes %ld maxBytes %ld step: %g(%s) warmup iters: %d iters: %d agg iters: 1 validation: 1"
           " graph: 0\n#\n# Using devices\n",
           plan->smallest, plan->largest, plan->factor > 1 ? plan->factor : (double)plan->step,
           plan->factor > 1 ? "factor" : "bytes", plan->warmups, plan->iterations);
    fputs(line, stdout);
    for (int other = 1; other < ranks; other++) {
      MPI_Recv(line, sizeof line, MPI_CHAR, other, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
      fputs(line, stdout);
    }
    printf("#\n#                                                              out-of-place                       in-place"
           "          \n#       size         count      type   redop    root     time   algbw   busbw #wrong     time   "
           "algbw   busbw #wrong\n#        (B)    (elements)                               (us)  (GB/s)  (GB/s)         "
           "   (us)  (GB/s)  (GB/s)       \n");
  } else {
    MPI_Send(line, sizeof line, MPI_CHAR, 0, 0, MPI_COMM_WORLD);
  }
}

int main(int count, char **given) {
  struct plan plan;
  int rank, ranks;
  long rows = 0, wrong = 0;
  double bandwidths = 0;
  MPI_Init(&count, &given);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  plan = read_plan(count, given);
  head(&plan, rank, ranks);
  float *from = malloc(LARGEST), *to = malloc(LARGEST);
  if (!from || !to) MPI_Abort(MPI_COMM_WORLD, 1);
  int iterations = plan.iterations < 1 ? 1 : plan.iterations > MOST_ITERATIONS ? MOST_ITERATIONS : plan.iterations;
  for (long size = plan.smallest; size <= plan.largest && size <= LARGEST;) {
    int elements = (int)(size / (long)sizeof(float));
    double times[2];
    long bad[2];
    fill(from, elements, rank);
    MPI_Allreduce(from, to, elements, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
    bad[0] = wrong_in(to, elements, ranks);
    times[0] = timed(from, to, elements, iterations, ranks);
    MPI_Allreduce(MPI_IN_PLACE, from, elements, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
    bad[1] = wrong_in(from, elements, ranks);
    fill(to, elements, 0);
    times[1] = timed(to, to, elements, iterations, ranks);
    if (rank == 0) {
      printf("%12ld  %12d  %8s  %6s  %6d", size, elements, "float", "sum", -1);
      for (int place = 0; place < 2; place++) {
        double algorithm = times[place] > 0 ? (double)size / times[place] / 1e3 : 0; /* GB/s */
        double bus = algorithm * 2 * (ranks - 1) / ranks;
        printf("  %7.2f  %6.2f  %6.2f  %5ld", times[place], algorithm, bus, bad[place]);
        bandwidths += bus / 2;
        wrong += bad[place];
      }
      printf("\n");
      fflush(stdout);
    }
    rows++;
    size = plan.factor > 1 ? (long)((double)size * plan.factor) : size + plan.step;
    if (plan.factor <= 1 && plan.step <= 0) break;
  }
  if (rank == 0)
    printf("# Out of bounds values : %ld %s\n# Avg bus bandwidth    : %g \n#\n", wrong, wrong ? "FAILED" : "OK",
           rows ? bandwidths / (double)rows : 0.0);
  free(from);
  free(to);
  MPI_Finalize();
  return wrong ? 1 : 0;
}

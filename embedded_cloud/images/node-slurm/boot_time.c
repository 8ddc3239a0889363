/* slurmd tells slurmctld when its machine was started, by which a node that was made anew is known. A container's kernel
 * is its engine's machine's, so this has sysinfo(2) count from the container's own start. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <sys/sysinfo.h>

#define STARTED "/run/rehearsal-uptime" /* /proc/uptime as it was then */
#define BOOT 2 /* seconds: a container may start within the second in which it was asked for, and no machine does */

int sysinfo(struct sysinfo *told)
{
	int (*real)(struct sysinfo *) = (int (*)(struct sysinfo *)) dlsym(RTLD_NEXT, "sysinfo");
	double started;
	FILE *file;
	int failed = real(told);

	if (failed || !(file = fopen(STARTED, "r")))
		return failed;
	if (fscanf(file, "%lf", &started) == 1)
		told->uptime = told->uptime > started + BOOT ? told->uptime - (long) started - BOOT : 0;
	fclose(file);
	return 0;
}

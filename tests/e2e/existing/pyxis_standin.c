/*
 * A stand-in for Pyxis: a SPANK plug-in whose option --container-image has a job's tasks see another root file system.
 * It unpacks a squashfs image into the folder that the node's prolog has made for the user, and calls chroot(2). Pyxis
 * itself does that in name spaces, by Enroot. Declared here is what slurm/spank.h has (spank(8)).
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

#ifndef SLURM_VERSION
#define SLURM_VERSION 0x160508
#endif

const char plugin_name[] = "pyxis";
const char plugin_type[] = "spank";
const unsigned int plugin_version = SLURM_VERSION;
const unsigned int spank_plugin_version = 1;

typedef int (*option_callback)(int value, const char *argument, int remote);
struct spank_option {
	char *name;
	char *arginfo;
	char *usage;
	int has_arg;
	int val;
	option_callback cb;
};
enum { JOB_UID = 0, JOB_ID = 2 };
extern int spank_get_item(void *spank, int item, ...);

static char image[PATH_MAX];

static int take_image(int value, const char *argument, int remote)
{
	(void)value;
	(void)remote;
	snprintf(image, sizeof image, "%s", argument);
	return 0;
}

static int take_nothing(int value, const char *argument, int remote)
{
	(void)value;
	(void)argument;
	(void)remote;
	return 0;
}

struct spank_option spank_options[] = {
	{ "container-image", "IMAGE", "stand-in: an image's path on the nodes", 1, 0, take_image },
	{ "no-container-mount-home", NULL, "stand-in: nothing is mounted", 0, 0, take_nothing },
	{ NULL, NULL, NULL, 0, 0, NULL },
};

int slurm_spank_task_init_privileged(void *spank, int ac, char **av)
{
	char folder[PATH_MAX], command[3 * PATH_MAX];
	uid_t uid = 0;
	unsigned int job = 0;

	(void)ac;
	(void)av;
	if (!image[0])
		return 0;
	if (spank_get_item(spank, JOB_UID, &uid) || spank_get_item(spank, JOB_ID, &job))
		return -1;
	snprintf(folder, sizeof folder, "/run/enroot/%u/%u", (unsigned int)uid, job);
	snprintf(command, sizeof command, "unsquashfs -quiet -no-progress -force -dest '%s' '%s' >/dev/null", folder, image);
	if (system(command) || chroot(folder) || chdir("/"))
		return -1;
	return 0;
}

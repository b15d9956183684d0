/* SPDX-License-Identifier: MIT */
/* support.c - descriptors, folders, random numbers for the tests of the transports. */
#include <dirent.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support.h"

int support_descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int count = 0;

    assert_non_null(folder);
    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

static int support_counted;

int support_count_descriptors(void **state)
{
    (void)state;
    support_counted = support_descriptors();
    return 0;
}

int support_check_descriptors(void **state)
{
    int now = support_descriptors();

    (void)state;
    if (now == support_counted) return 0;
    print_error("descriptors: %d before the test, %d after it\n", support_counted, now);
    return -1;
}

bool support_has_ip6(void)
{
    struct sockaddr_in6 name = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0) return false;
    bool bound = bind(fd, (struct sockaddr *)&name, sizeof name) == 0;
    close(fd);
    return bound;
}

void support_make_folder(char *buf, size_t size)
{
    const char *base = getenv("TMPDIR");

    snprintf(buf, size, "%s/weir-test-XXXXXX", base != NULL ? base : "/tmp");
    assert_non_null(mkdtemp(buf));
}

char *support_path(char *buf, size_t size, const char *folder, const char *name)
{
    int len = snprintf(buf, size, "%s/%s", folder, name);

    assert_true(len > 0 && (size_t)len < size);
    return buf;
}

void support_remove_folder(const char *folder)
{
    DIR *entries = opendir(folder);
    struct dirent *entry;
    char path[512];

    assert_non_null(entries);
    while ((entry = readdir(entries)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlink(support_path(path, sizeof path, folder, entry->d_name));
    closedir(entries);
    assert_int_equal(rmdir(folder), 0);
}

void support_write_file(const char *path, const char *text, size_t len)
{
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

uint32_t support_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33);
}

void support_expect_address(const weir_address *address, const char *text)
{
    char buf[WEIR_ADDRESS_TEXT_MAX];

    assert_string_equal(weir_address_text(address, buf, sizeof buf), text);
}

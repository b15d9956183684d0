/* SPDX-License-Identifier: MIT */
/* filecache.c - where a path's hash says lies the content of a small file, or nothing. */
#include <assert.h>
#include <stdlib.h>

#include "filecache.h"
#include "media.h"
#include "text.h"

/* FNV-1a. */
static size_t filecache_slot(weir_str path)
{
    uint32_t hash = 2166136261u;

    for (size_t i = 0; i < path.len; i++)
        hash = (hash ^ (unsigned char)path.p[i]) * 16777619u;
    return (hash ^ (hash >> 16)) % WEIR_FILE_SLOTS;
}

bool weir_filecache_init(weir_filecache *c, weir_world *world, size_t open_max)
{
    *c = (weir_filecache){.world = world,
                          .slots = calloc(WEIR_FILE_SLOTS, sizeof *c->slots),
                          .contents = malloc((size_t)WEIR_FILE_SLOTS * WEIR_FILE_KEEP_MAX),
                          .others = calloc(open_max, sizeof *c->others)};
    if (c->slots == NULL || c->contents == NULL || c->others == NULL) {
        weir_filecache_free(c);
        return false;
    }
    for (size_t i = 0; i < WEIR_FILE_SLOTS; i++)
        c->slots[i].is_slot = true;
    c->other_count = open_max;
    return true;
}

void weir_filecache_free(weir_filecache *c)
{
    free(c->slots);
    free(c->contents);
    free(c->others);
    *c = (weir_filecache){.world = c->world};
}

/*
 * When it was last modified, as it is told. Nothing was in the future (RFC 9110 §8.8.2.1). While a second is
 * not over, its date may come to stand for two contents (§8.8.2.2): until then an earlier one is told, with
 * which a client asks again, and gets all of it.
 */
static int64_t filecache_date(int64_t modified_s, int64_t wall_s)
{
    int64_t settled = wall_s - WEIR_FILE_SETTLED_S;

    if (modified_s > wall_s) return wall_s;
    return modified_s < settled ? modified_s : settled;
}

static void filecache_describe(weir_file *f, weir_str path, int64_t wall_s)
{
    weir_buf etag = {f->etag, 0, sizeof f->etag};

    weir_text_put(&etag, "\"");
    weir_text_hex(&etag, (uint64_t)f->facts.modified_s * 1000000000u + f->facts.modified_ns);
    weir_text_put(&etag, "-"); /* the other can be set to what it was for another content */
    weir_text_hex(&etag, (uint64_t)f->facts.changed_s * 1000000000u + f->facts.changed_ns);
    weir_text_put(&etag, "-");
    weir_text_hex(&etag, f->facts.size);
    weir_text_put(&etag, "-");
    weir_text_hex(&etag, f->facts.identity);
    weir_text_put(&etag, "\"");
    f->etag_len = etag.len;
    weir_date_write(filecache_date(f->facts.modified_s, wall_s), f->modified);
    f->media = weir_media_type(path);
}

/* What is kept may be believed without a look, or has not changed. */
static bool filecache_is_fresh(weir_filecache *c, weir_file *slot, weir_str path, uint64_t now_ms)
{
    weir_file_facts now;

    if (path.len == 0) return false; /* the root is never kept; a slot without a path is empty */
    if (slot->path_len != path.len || memcmp(slot->path, path.p, path.len) != 0) return false;
    if (now_ms - slot->checked_ms < WEIR_FILE_TRUST_MS) return true;
    if (c->world->ops->look(c->world, path, &now) != WEIR_FILE_OK) return false;
    if (!weir_file_facts_equal(&now, &slot->facts)) return false;
    slot->checked_ms = now_ms;
    return true;
}

/*
 * A file that has just been modified may change again without a trace, as clocks of file systems
 * are coarse: it is not kept yet.
 */
static bool filecache_may_keep(const weir_file *f, const weir_file *slot, weir_str path,
                               int64_t wall_s)
{
    return !f->facts.is_folder && f->facts.size <= WEIR_FILE_KEEP_MAX && slot->holds == 0 &&
           path.len > 0 && path.len <= WEIR_FILE_PATH_MAX &&
           f->facts.modified_s < wall_s - WEIR_FILE_SETTLED_S &&
           f->facts.changed_s < wall_s - WEIR_FILE_SETTLED_S;
}

/* All of the file, or false. */
static bool filecache_load(weir_filecache *c, int handle, char *out, uint64_t size)
{
    uint64_t at = 0;
    size_t got = 1;

    while (at < size && got > 0) {
        if (c->world->ops->read(c->world, handle, at, out + at, (size_t)(size - at), &got) !=
            WEIR_FILE_OK)
            return false;
        at += got;
    }
    return at == size;
}

/* Moves what is open into its slot. False: it stays as it is. */
static bool filecache_keep(weir_filecache *c, weir_file *f, weir_file *slot, weir_str path,
                           uint64_t now_ms)
{
    char *content = c->contents + (size_t)(slot - c->slots) * WEIR_FILE_KEEP_MAX;

    slot->path_len = 0; /* what was there is overwritten */
    if (!filecache_load(c, f->handle, content, f->facts.size)) return false;
    c->world->ops->close(c->world, f->handle);
    slot->facts = f->facts;
    slot->media = f->media;
    memcpy(slot->etag, f->etag, sizeof slot->etag);
    slot->etag_len = f->etag_len;
    memcpy(slot->modified, f->modified, sizeof slot->modified);
    slot->content = content;
    slot->handle = slot->descriptor = -1;
    slot->holds = 1;
    slot->checked_ms = now_ms;
    memcpy(slot->path, path.p, path.len);
    slot->path_len = path.len;
    return true;
}

/* One that nobody has. It heads the list of those until it is taken off. NULL: none. */
static weir_file *filecache_free(weir_filecache *c)
{
    if (c->free == NULL && c->others_used < c->other_count) c->free = &c->others[c->others_used++];
    return c->free;
}

weir_file_result weir_filecache_open(weir_filecache *c, weir_str path, uint64_t now_ms,
                                     int64_t wall_s, weir_file **file)
{
    weir_file *slot = &c->slots[filecache_slot(path)];
    weir_file_facts facts;
    int handle;

    if (filecache_is_fresh(c, slot, path, now_ms)) {
        slot->holds++;
        *file = slot;
        return WEIR_FILE_OK;
    }
    weir_file *f = filecache_free(c);
    if (f == NULL) return WEIR_FILE_FULL;
    weir_file_result result = c->world->ops->open(c->world, path, &handle, &facts);
    if (result != WEIR_FILE_OK) return result;
    *f = (weir_file){.facts = facts, .handle = handle, .holds = 1, .next_free = f->next_free};
    f->descriptor = c->world->ops->descriptor(c->world, handle);
    filecache_describe(f, path, wall_s);
    if (filecache_may_keep(f, slot, path, wall_s) && filecache_keep(c, f, slot, path, now_ms)) {
        *file = slot; /* `f` stays free */
        return WEIR_FILE_OK;
    }
    c->free = f->next_free;
    *file = f;
    return WEIR_FILE_OK;
}

void weir_file_hold(weir_file *file)
{
    assert(file->holds > 0);
    file->holds++;
}

void weir_file_release(weir_filecache *c, weir_file *file)
{
    assert(file->holds > 0);
    if (--file->holds > 0 || file->is_slot) return;
    c->world->ops->close(c->world, file->handle);
    file->next_free = c->free;
    c->free = file;
}

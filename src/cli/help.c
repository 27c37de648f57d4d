/* Help, made from the tables. */

#include "cli/help.h"
#include "cli/options_table.h"

#include "base/buf.h"

enum { COLUMN = 29 };

static const char *const group_title[] = {
    [GROUP_INPUT] = "What to run", [GROUP_FILTER] = "Which keys (all that is asked must hold)",
    [GROUP_GUARD] = "Guards",      [GROUP_TRANSFER] = "Transfer",
    [GROUP_OTHER] = "Other",
};

#define OF_RUN                                                                                     \
    "\nMANIFEST is a CSV or JSONL file, or - for standard input. Without --run-dir the\n"          \
    "run directory is MANIFEST.run. --yes=no goes against a job file that says yes.\n"

static const char *const note[COMMAND_COUNT] = {
    [COMMAND_PLAN] = OF_RUN "It takes the options of run, so that one word more tries a command.\n",
    [COMMAND_RUN] = OF_RUN,
    [COMMAND_VERIFY] =
        "\nRUN_DIR, or the MANIFEST that it belongs to. It reads only, one read a target or\n"
        "one list. Exit status 0: all are done and confirmed absent; 1: some are not;\n"
        "75: stopped, the same command carries on.\n",
    [COMMAND_ROTATE] =
        "\nThe successor has the old key's settings; its secret goes to FILE, a CSV of\n"
        "old_hash,new_hash,name,key, or to COMMAND, as a line of JSON with these: its\n"
        "exit status counts, its output is dropped. Only then is the old key deleted.\n"
        "The run directory is MANIFEST.rotate.run.\n",
    [COMMAND_REPORT] = "\nThe reports go into the first RUN_DIR where --run-dir is not given.\n",
    [COMMAND_CHECK] =
        "\nExit status 0: every line is whole and follows the one before; 65: damaged.\n"
        "That no end is missing, the digest tells: it is report.json's journal_sha256.\n",
    [COMMAND_LIST] =
        "\nWithout a filter it writes an inventory. The credential in use is never in it.\n"
        "There is no date of last use: --unused says that nothing was used since the\n"
        "window began. A key that lacks what is asked is not selected, and counted.\n",
    [COMMAND_PROBE] =
        "\nPROVIDER, or PROVIDER/KIND. It only reads; with --absent-delete it deletes an\n"
        "invented id of 128 bits and more. Exit status 0: all is as the definition says;\n"
        "1: it is not; 75: no usable answer; 77: the credential is refused.\n",
    [COMMAND_MATCH] =
        ("\nFILE is any text, a directory or a scanner's report; - is standard input. No key\n"
         "is shown, sent or kept. What is no whole key of a known provider is named by\n"
         "line. Exit status 1: something that looks like a whole key could not be taken;\n"
         "65: there is no key; 66: a file could not be read.\n"),
    [COMMAND_PROVIDERS] = "\nWhat it prints for a NAME is the text of a job file's definition.\n",
};

static void put_overview(struct buf *out)
{
    buf_puts(out, "rescind revokes API keys in bulk: it deletes what a manifest lists, keeps to\n"
                  "the provider's rate limit, and leaves a resumable journal and a report.\n\n"
                  "Usage: rescind COMMAND [OPTION...] OPERAND...\n\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const struct command_spec *c = &command_table[i];
        buf_printf(out, "  %-10s%-13s%s\n", c->name, c->operands, c->summary);
    }
    buf_puts(out,
             "  help      [COMMAND]    this page, or a command's own (COMMAND --help too)\n\n"
             "A first run:\n"
             "  export OPENROUTER_MANAGEMENT_KEY=...   or _FILE, naming a file that holds it\n"
             "  rescind plan keys.csv                  look at what would be done\n"
             "  rescind run keys.csv                   type the number of targets, watch\n"
             "  rescind run keys.csv                   after any stop: carries on\n\n"
             "A manifest is CSV or JSONL with a column hash, byok_id, api_key_id or prefix, or\n"
             "id with provider and kind. 'rescind providers' lists the providers and the\n"
             "variable of each credential. Credentials never go on the command line.\n\n"
             "Exit status: 0 every target is done, 1 some failed, 2 refused by a guard,\n"
             "64 usage, 65 manifest or journal, 66 input, 73 output, 74 journal writing,\n"
             "75 stopped early and resumable, 77 credential, 78 job file.\n\n"
             "rescind --version prints the version and the libcurl in use.\n"
             "The manual: man rescind\n");
}

static void put_option(struct buf *out, const struct option_spec *o)
{
    size_t start = out->len;
    buf_printf(out, "  --%s%s%s", o->name, o->word ? " " : "", o->word ? o->word : "");
    while (out->len - start < COLUMN)
        buf_putc(out, ' ');
    buf_printf(out, "%s\n", o->help);
}

static void put_group(struct buf *out, enum command c, enum option_group group)
{
    bool titled = false;
    for (size_t i = 0; i < option_count; i++) {
        const struct option_spec *o = &option_table[i];
        if (!(o->commands & 1u << c) || o->group != group)
            continue;
        if (!titled)
            buf_printf(out, "\n%s:\n", group_title[group]);
        titled = true;
        put_option(out, o);
    }
}

static void put_command(struct buf *out, enum command c)
{
    const struct command_spec *spec = &command_table[c];
    buf_printf(out, "Usage: rescind %s [OPTION...] %s\n\n%c%s.\n", spec->name, spec->operands,
               spec->summary[0] - 'a' + 'A', spec->summary + 1);
    for (size_t g = 0; g < sizeof group_title / sizeof *group_title; g++)
        put_group(out, c, (enum option_group)g);
    buf_puts(out, note[c]);
}

const char *help_text(enum command c)
{
    static struct buf texts[COMMAND_COUNT + 1];
    struct buf *text = &texts[(unsigned)c < COMMAND_COUNT ? c : COMMAND_HELP];
    if (text->len)
        return text->data;
    if ((unsigned)c < COMMAND_COUNT)
        put_command(text, c);
    else
        put_overview(text);
    return text->data;
}

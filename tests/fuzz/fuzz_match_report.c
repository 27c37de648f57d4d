/* Each form of a report, whatever the bytes are: the first says which (FUZZ_FORM=N: that one
 * alone), and what makes a file be known as one stands before the rest. */

#include "fuzz_match.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct {
        const char *name, *head;
    } forms[] = {
        {"trufflehog", "{\"SourceMetadata\":{},\"DetectorName\":\"x\"}\n"},
        {"gitleaks", "[{\"RuleID\":\"x\",\"Secret\":\"y\",\"StartLine\":1},"},
        {"gitleaks", "RuleID,Commit,File,SymlinkFile,Secret,Match,StartLine\n"},
        {"sarif", "{\"$schema\":\"x\",\"runs\":[{\"tool\":{},\"results\":["},
        {"github", "[{\"secret_type\":\"x\",\"secret\":\"y\"},"},
        {"gitguardian", "incident_id,detector,validity,secret,url,filepath\n"},
        {"ggshield", "{\"total_incidents\":1,\"type\":\"x\",\"entities_with_incidents\":["},
        {"detect-secrets", "{\"results\":{},\"hashed_secret\":1,\"results\":{\"a\":["},
        {"gitleaks", "[{\"lineNumber\":1,\"offender\":\"x\"},"},
        {"trufflehog", "{\"stringsFound\":[],\"commitHash\":\"x\"}\n"},
    };
    enum { FORMS = sizeof forms / sizeof *forms };
    if (size < 1)
        return 0;
    const char *asked = getenv("FUZZ_FORM");
    size_t which = asked ? strtoul(asked, NULL, 10) % FORMS : data[0] % FORMS;
    size_t head = strlen(forms[which].head);
    uint8_t *all = malloc(head + size);
    MUST(all);
    memcpy(all, forms[which].head, head);
    memcpy(all + head, data + 1, size - 1);
    fuzz_match(all, head + size - 1, forms[which].name);
    free(all);
    return 0;
}

#ifndef RESCIND_CLI_OUTPUT_H
#define RESCIND_CLI_OUTPUT_H

/* Standard output, whose reader may go away. */

#include <stdbool.h>

/* Whether nobody reads it any more (`rescind plan | head`). What is then not written is no failure
 * of ours: what was done is in the reports. */
bool output_reader_gone(void);

/* Whether everything that was put there has arrived, or nobody wants it any more. */
bool output_flush(void);

#endif

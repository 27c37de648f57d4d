#ifndef RESCIND_ROTATE_ROTATE_STEPS_H
#define RESCIND_ROTATE_ROTATE_STEPS_H

/* What is to be done next with a target that is rotated: a pure function of what the journal says
 * and of what this process knows. */

#include "journal/rotations.h"

struct rotate_state {
    enum rotation_step step; /* as the journal has it */
    bool settings;           /* the old one's are read, or it is gone with them */
    bool secret;             /* the successor's is in memory */
    bool lost;               /* a creation may have taken effect that nobody knows of */
    bool late;               /* one did not end in time, and may take effect still */
    bool renamed;            /* the successor has its final name */
    bool give_up;            /* there will be no successor */
};

enum rotate_do {
    DO_READ,    /* the old one's settings */
    DO_INTEND,  /* the journal: a successor is about to be created, and its marker */
    DO_SWEEP,   /* list, and delete what has the marker in its name and is not the successor */
    DO_CREATE,  /* a successor, the marker in its name */
    DO_DELIVER, /* hand its secret over */
    DO_REMOVE,  /* delete a successor whose secret nobody has */
    DO_RENAME,  /* the successor: the marker goes */
    DO_DELETE,  /* the old one */
    DO_FAIL     /* the old one stays; no successor is left */
};

/* Promises: DO_CREATE only while no successor can be there; DO_DELETE only after the secret was
 * handed over, the settings were compared, and no other successor can be there; DO_FAIL only where
 * none can be. */
enum rotate_do rotate_next(const struct rotate_state *s);

#endif

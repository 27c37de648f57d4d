#ifndef RESCIND_BASE_SCALE_H
#define RESCIND_BASE_SCALE_H

/* Sizes of blocks, as powers of two. A build for fuzzing (RESCIND_SMALL, see scripts/fuzz) has
 * small ones: an input of 2 KiB then crosses every border that a file of gigabytes crosses, and
 * setting up for it takes microseconds. Never to be set in a program that people use: the longest
 * line of a manifest is one of these sizes. */
#ifdef RESCIND_SMALL
#define SCALE_BITS(usual, small) (small)
#else
#define SCALE_BITS(usual, small) (usual)
#endif

#endif

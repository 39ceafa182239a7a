// How attention kernels read head vectors whose size is a multiple of 4: four dimensions at a time.
override HEAD_DIM: u32 = 64u;
alias Cell = vec4f;

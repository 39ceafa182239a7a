// Reads head vectors whose size is a multiple of 4 for attention kernels: four dimensions at a time.
override HEAD_DIM: u32 = 64u;
alias Cell = vec4f;

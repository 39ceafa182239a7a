// Reads head vectors of any size for attention kernels: one dimension at a time, zeros beyond the last.
override HEAD_DIM: u32 = 64u;
alias Cell = f32;

// Weights of 6 bits around zero, with scales in groups of 256, as the GGUF blocks of that name hold them.
//% include weights/planes/bits-6.wgsl
//% include weights/planes/scale-of-256.wgsl
//% include weights/planes/centred.wgsl

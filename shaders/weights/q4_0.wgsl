// Weights of 4 bits around zero, as the GGUF blocks of that name hold them.
//% include weights/planes/bits-4.wgsl
//% include weights/planes/scale.wgsl
//% include weights/planes/centred.wgsl

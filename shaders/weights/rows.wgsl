// Rows of frozen weights, read as the storage of the product wants them.
//% if READER f32
//% include weights/f32-$ACCESS.wgsl
//% else
//% include weights/$READER.wgsl
//% include weights/packed-rows.wgsl
//% end

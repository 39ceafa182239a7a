// Reads rows of frozen weights in the form that the product needs.
//% if READER f32
//% include weights/f32-$ACCESS.wgsl
//% else
//% include weights/$READER.wgsl
//% include weights/packed-rows.wgsl
//% end

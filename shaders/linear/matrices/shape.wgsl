// Rows and columns of what one multiplication of subgroup matrices makes, and the length of its sums.

//% if SHAPE 8x8x8
const matrix_rows = 8u;
const matrix_columns = 8u;
const matrix_inner = 8u;
//% end
//% if SHAPE 8x16x16
const matrix_rows = 8u;
const matrix_columns = 16u;
const matrix_inner = 16u;
//% end
//% if SHAPE 16x8x16
const matrix_rows = 16u;
const matrix_columns = 8u;
const matrix_inner = 16u;
//% end
//% if SHAPE 16x16x16
const matrix_rows = 16u;
const matrix_columns = 16u;
const matrix_inner = 16u;
//% end

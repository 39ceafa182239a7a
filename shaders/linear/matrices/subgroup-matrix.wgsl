// Matrices that a subgroup holds together, and all that is done with them: loads from the tiles, products, stores of
// a product's result for its subgroup. Calls are the same for all threads of a subgroup.

enable subgroups;
enable chromium_experimental_subgroup_matrix;

alias Left = subgroup_matrix_left<Input, matrix_inner, matrix_rows>;
alias Right = subgroup_matrix_right<Input, matrix_columns, matrix_inner>;
alias Result = subgroup_matrix_result<f32, matrix_columns, matrix_rows>;

// Rows of the left tile from the element `at`.
fn load_left(at: u32) -> Left {
  return subgroupMatrixLoad<Left, row_major>(&left_tile, at, tile_stride);
}

// Columns of the result, which are rows of the right tile, from the element `at`.
fn load_right(at: u32) -> Right {
  return subgroupMatrixLoad<Right, col_major>(&right_tile, at, tile_stride);
}

fn multiply_add(left: Left, right: Right, sums: Result) -> Result {
  return subgroupMatrixMultiplyAccumulate(left, right, sums);
}

// The results, row by row, from the element `at` of `pieces`.
fn store_piece(at: u32, sums: Result) {
  subgroupMatrixStore<row_major>(&pieces, at, sums, matrix_columns);
}

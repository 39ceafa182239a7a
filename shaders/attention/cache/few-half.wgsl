// Reads two neighbouring values of $NAME.
fn few_$NAME(at: u32) -> Few {
  return Few($NAME[at], $NAME[at + 1u]);
}

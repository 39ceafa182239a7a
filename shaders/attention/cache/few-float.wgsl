// Reads a value of $NAME.
fn few_$NAME(at: u32) -> Few {
  return $NAME[at];
}

// A key-value cache in float32.
alias CacheCell = Cell;
alias CacheWord = f32;

fn word_value(word: CacheWord, element: u32) -> f32 {
  return word;
}

const values_per_word = 1u;

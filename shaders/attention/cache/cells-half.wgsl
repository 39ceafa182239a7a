// A key-value cache in float16, two values to a word.
alias CacheCell = vec2u;
alias CacheWord = u32;

fn word_value(word: CacheWord, element: u32) -> f32 {
  return unpack2x16float(word)[element % 2u];
}

const values_per_word = 2u;

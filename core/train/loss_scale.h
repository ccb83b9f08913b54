// The factor on the loss that keeps small gradients from vanishing in float16. Knows no Torch.
#pragma once

namespace hbev {

/// Numbers and rule of torch.cuda.amp.GradScaler: the scale falls when a gradient was not finite, and such a
/// step is left out; it grows again after enough good steps. Powers of two, so that it rounds nothing.
struct LossScale {
  double scale = 65536;
  double growth = 2, backoff = 0.5;
  int growth_interval = 2000;
  int good_steps = 0;  ///< since it changed last

  /// After a step.
  void update(bool finite);
  /// So small that what is not finite cannot be the scale's fault.
  bool isSpent() const { return scale < 1.0 / 1024; }
};

}  // namespace hbev

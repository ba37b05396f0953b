using static TorchSharp.Interop.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Records no gradients on this thread until disposed.</summary>
    public static IDisposable no_grad() => new GradientMode(false);

    /// <summary>Records gradients on this thread until disposed.</summary>
    public static IDisposable enable_grad(bool enabled = true) => new GradientMode(enabled);

    /// <summary>Sets whether gradients are recorded on this thread until disposed.</summary>
    public static IDisposable set_grad_enabled(bool mode = true) => new GradientMode(mode);

    /// <summary>Whether gradients are recorded on this thread.</summary>
    public static bool is_grad_enabled() => ts_grad_enabled() != 0;

    /// <summary>Threads libtorch computes one operator with.</summary>
    public static int get_num_threads() => ts_get_num_threads();

    /// <summary>Sets how many threads libtorch computes one operator with.</summary>
    public static void set_num_threads(int num) => Check(ts_set_num_threads(num));

    /// <summary>GPUs.</summary>
    public static partial class cuda
    {
        /// <summary>Whether there is one that libtorch can use.</summary>
        public static bool is_available() => ts_cuda_available() != 0;

        /// <summary>How many there are.</summary>
        public static int device_count() => ts_cuda_count();

        /// <summary>Seeds the generators.</summary>
        public static void manual_seed(long seed) => Check(ts_manual_seed(seed));

        /// <summary>Seeds the generators.</summary>
        public static void manual_seed_all(long seed) => Check(ts_manual_seed(seed));

        /// <summary>Waits for all that was started there.</summary>
        public static void synchronize(Device? device = null) => Check(ts_cuda_synchronize(device?.index ?? 0));
    }

    private sealed class GradientMode : IDisposable
    {
        private readonly bool before = is_grad_enabled();
        private bool restored;

        public GradientMode(bool enabled) => ts_set_grad_enabled(enabled ? 1 : 0);

        public void Dispose()
        {
            if (restored)
                return;
            restored = true;
            ts_set_grad_enabled(before ? 1 : 0);
        }
    }
}

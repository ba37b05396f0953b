using static TorchSharp.Interop.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A source of random numbers.</summary>
    public class Generator : IDisposable
    {
        private IntPtr handle;

        /// <summary>A new source with a seed, on the CPU.</summary>
        public Generator(ulong seed = 0, Device? device = null) : this(ts_generator(seed), device) { }

        private Generator(IntPtr handle, Device? device)
        {
            if (handle == IntPtr.Zero)
                throw Failure();
            this.handle = handle;
            this.device = device ?? CPU;
        }

        /// <summary>The source used where none is named.</summary>
        public static Generator Default => new(ts_default_generator(), null);

        /// <summary>The native handle.</summary>
        public IntPtr Handle => handle;

        /// <summary>Where it draws.</summary>
        public Device device { get; }

        internal IntPtr Native => handle != IntPtr.Zero ? handle : throw new ObjectDisposedException(nameof(Generator));

        /// <summary>Starts over from a seed.</summary>
        public Generator manual_seed(long seed)
        {
            Check(ts_generator_seed(Native, unchecked((ulong)seed)), this);
            return this;
        }

        /// <summary>The whole state, as bytes.</summary>
        public Tensor get_state() => Take(ts_generator_get_state(Native), this);

        /// <summary>Goes back to a state.</summary>
        public void set_state(Tensor value) => Check(ts_generator_set_state(Native, value.Handle), this, value);

        /// <summary>Takes a new seed that cannot be foretold.</summary>
        public long seed()
        {
            var s = ts_generator_random_seed(Native);
            GC.KeepAlive(this);
            return s;
        }

        /// <summary>The seed it started from.</summary>
        public long initial_seed()
        {
            var s = ts_generator_initial_seed(Native);
            GC.KeepAlive(this);
            return s;
        }

        /// <summary>Frees an undisposed handle.</summary>
        ~Generator() => Dispose(false);

        /// <summary>Releases the handle.</summary>
        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        /// <summary>Releases the handle.</summary>
        protected virtual void Dispose(bool disposing)
        {
            if (handle == IntPtr.Zero)
                return;
            ts_generator_free(handle);
            handle = IntPtr.Zero;
        }
    }

    /// <summary>Seeds every default generator.</summary>
    public static Generator manual_seed(long seed)
    {
        Check(ts_manual_seed(seed));
        return Generator.Default;
    }

    /// <summary>The default generator's state.</summary>
    public static Tensor get_rng_state()
    {
        using var g = Generator.Default;
        return g.get_state();
    }

    /// <summary>Puts the default generator back to a state.</summary>
    public static void set_rng_state(Tensor new_state)
    {
        using var g = Generator.Default;
        g.set_state(new_state);
    }

    /// <summary>The default random source.</summary>
    public static partial class random
    {
        /// <summary>Seeds every default generator.</summary>
        public static Generator manual_seed(long seed) => torch.manual_seed(seed);

        /// <summary>The default generator's seed.</summary>
        public static long initial_seed()
        {
            using var g = Generator.Default;
            return g.initial_seed();
        }

        /// <summary>The default generator's state.</summary>
        public static Tensor get_rng_state() => torch.get_rng_state();

        /// <summary>Puts the default generator back to a state.</summary>
        public static void set_rng_state(Tensor new_state) => torch.set_rng_state(new_state);
    }
}

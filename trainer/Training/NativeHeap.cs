using System.Runtime.InteropServices;

namespace FedOperator.Trainer.Training;

/// <summary>Tells glibc's malloc to keep what libtorch frees: every step asks for the same activations again, and giving them back to the kernel in between costs a page fault per 4 KiB (5 % of a resnet20 step).</summary>
/// <remarks>See mallopt(3). Elsewhere (musl, macOS, Windows) nothing happens. Peak memory is the same; only, it stays with the process.</remarks>
internal static partial class NativeHeap
{
    private const int TrimThreshold = -1;
    private const int TopPad = -2;
    private const int MmapThreshold = -3;
    private const int ArenaMax = -8;

    // The largest value that glibc takes on 64 bits.
    private const int LargestMmapThreshold = 32 << 20;

    /// <summary>Applies to the whole process; calling it again changes nothing.</summary>
    public static void Keep()
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            _ = mallopt(MmapThreshold, LargestMmapThreshold);
            _ = mallopt(TrimThreshold, int.MaxValue);
            _ = mallopt(TopPad, 16 << 20);

            // Other arenas are lists of small heaps, which are given back whatever the thresholds say.
            _ = mallopt(ArenaMax, 1);
        }
        catch (Exception missing) when (missing is EntryPointNotFoundException or DllNotFoundException)
        {
            // Not glibc.
        }
    }

    [LibraryImport("libc")]
    private static partial int mallopt(int parameter, int value);
}

namespace TorchSharp.Tests;

internal static class Leftovers
{
    /// <summary>Finalizes what other tests left behind, so that the process-wide count moves only by what the caller does.</summary>
    internal static void Collect()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}

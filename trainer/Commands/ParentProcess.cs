using System.Runtime.InteropServices;

namespace FedOperator.Trainer.Commands;

/// <summary>Ties this process to the one that started it: no trainer outlives a killed `fed run`.</summary>
/// <remarks>By looking once a second, and not by PR_SET_PDEATHSIG, which fires when the parent's THREAD ends: a thread of a pool ends at any time.</remarks>
internal static partial class ParentProcess
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    /// <summary>Ends this process within a second of its parent's end.</summary>
    /// <param name="parent">Process id of the parent.</param>
    /// <param name="time">Clock.</param>
    public static IDisposable DieWith(int parent, TimeProvider time)
    {
        void Look()
        {
            if (GetParentPid() != parent)
                Environment.Exit(1);
        }

        Look();
        return time.CreateTimer(_ => Look(), null, s_interval, s_interval);
    }

    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int GetParentPid();
}

using FedOperator.Core.Api;

namespace FedOperator.Operator.Local;

/// <summary>The checkpoint that a model starts from, on this machine.</summary>
internal static class LocalCheckpoint
{
    /// <summary>Its path: absolute, or relative to the manifest's folder (of one from standard input: to the current folder).</summary>
    /// <param name="initial">What the manifest says.</param>
    /// <param name="manifest">The manifest's file; `-`: standard input.</param>
    public static string Find(InitialCheckpointSpec initial, string manifest)
    {
        var folder = manifest == "-" ? Environment.CurrentDirectory : Path.GetDirectoryName(Path.GetFullPath(manifest))!;
        return Path.GetFullPath(initial.Path, folder);
    }
}

using System.Runtime.InteropServices;

namespace FedOperator.Operator.Local;

/// <summary>Where the trainer program is, and how it is started.</summary>
/// <param name="Command">The executable, and what comes before the trainer's own arguments.</param>
internal sealed record TrainerProgram(IReadOnlyList<string> Command)
{
    /// <summary>Environment variable with the path of the trainer: trainer.dll, or any executable.</summary>
    public const string Variable = "FED_TRAINER";

    /// <summary>The trainer that FED_TRAINER names; else the one beside fed; else, in a source tree, the one built with the same configuration.</summary>
    /// <returns>Null where there is none.</returns>
    public static TrainerProgram? Find(string? variable, string fedFolder)
    {
        if (variable is { Length: > 0 })
            return File.Exists(variable) ? For(variable) : null;
        // operator/bin/CONFIGURATION/FRAMEWORK/ -> trainer/bin/CONFIGURATION/FRAMEWORK/
        var folder = new DirectoryInfo(Path.TrimEndingDirectorySeparator(fedFolder));
        var built = Path.Combine(folder.FullName, "..", "..", "..", "..", "trainer", "bin", folder.Parent?.Name ?? "", folder.Name, "trainer.dll");
        return new[] { Path.Combine(fedFolder, "trainer.dll"), Path.GetFullPath(built) }.FirstOrDefault(File.Exists) is { } path ? For(path) : null;
    }

    private static TrainerProgram For(string path) =>
        new(path.EndsWith(".dll", StringComparison.Ordinal) ? [DotnetHost(), path] : [path]);

    // The host that runs fed runs the trainer: the one on PATH may be another version.
    private static string DotnetHost()
    {
        var host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        return File.Exists(host) ? host : "dotnet";
    }
}

using System.Runtime.CompilerServices;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;

namespace FedOperator.Operator.Tests;

/// <summary>The manifests in samples/.</summary>
internal static class Samples
{
    public static IEnumerable<string> All => Directory.GetFiles(Path.Combine(Root(), "samples"), "*.yaml").Order(StringComparer.Ordinal);

    public static string File(string name) => Path.Combine(Root(), "samples", name + ".yaml");

    public static FederatedJob Job(string name)
    {
        var reading = Manifest.Read(System.IO.File.ReadAllText(File(name)));
        Assert.Empty(reading.Problems);
        return reading.Job!;
    }

    public static Plan Plan(string name) => Planning.Resolve(Job(name), "ID");

    public static string Root() => RootOf();

    private static string RootOf([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
}

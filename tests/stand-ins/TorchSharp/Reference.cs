using System.Diagnostics;
using System.Globalization;
using static TorchSharp.torch;

[assembly: CollectionBehavior(DisableTestParallelization = true)] // seeds and threads belong to the process

namespace TorchSharp.Tests;

/// <summary>What PyTorch computes (reference.py), computed once a test run.</summary>
internal static class Reference
{
    private const string Python = "/usr/bin/python3";

    private static readonly Lazy<Dictionary<string, Entry>> Entries = new(Compute);

    private sealed record Entry(ScalarType Type, long[] Shape, byte[] Bytes);

    internal static Tensor Get(string name)
    {
        var e = Entries.Value.TryGetValue(name, out var found) ? found : throw new KeyNotFoundException($"reference.py writes no '{name}'.");
        var t = empty(e.Shape, e.Type);
        t.bytes = e.Bytes;
        return t;
    }

    internal static IEnumerable<string> Names(string prefix) => Entries.Value.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Fails unless type and shape are the same and no element differs by more than the tolerance, relative to the largest.</summary>
    internal static void AssertSame(string name, Tensor actual, double tolerance = 1e-12)
    {
        using var scope = NewDisposeScope();
        var expected = Get(name);
        Assert.True(expected.shape.SequenceEqual(actual.shape), $"{name}: shape {string.Join(',', actual.shape)}, PyTorch's is {string.Join(',', expected.shape)}");
        Assert.True(expected.dtype == actual.dtype, $"{name}: {actual.dtype}, PyTorch's is {expected.dtype}");
        if (actual.numel() == 0)
            return;
        var difference = Difference(actual, expected);
        Assert.True(difference <= tolerance, $"{name}: differs from PyTorch by {difference:g3}");
    }

    internal static double Difference(Tensor actual, Tensor expected)
    {
        using var scope = NewDisposeScope();
        var (a, e) = (actual.detach().to(float64), expected.to(float64));
        var scale = Math.Max(1, e.abs().max().ToDouble());
        var worst = (a - e).abs().max().ToDouble() / scale;
        return double.IsNaN(worst) ? double.PositiveInfinity : worst;
    }

    private static Dictionary<string, Entry> Compute()
    {
        var folder = Directory.CreateTempSubdirectory("torch-reference-").FullName;
        try
        {
            Run(folder);
            var data = File.ReadAllBytes(Path.Combine(folder, "reference.bin"));
            return File.ReadLines(Path.Combine(folder, "reference.txt")).Select(l => l.Split('\t')).ToDictionary(f => f[0], f => new Entry(
                TypeOf(f[1]),
                f[2].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(s => long.Parse(s, CultureInfo.InvariantCulture)).ToArray(),
                data.AsSpan(int.Parse(f[3], CultureInfo.InvariantCulture), int.Parse(f[4], CultureInfo.InvariantCulture)).ToArray()), StringComparer.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Run(string folder)
    {
        if (!File.Exists(Python))
            throw new InvalidOperationException($"{Python} is missing: apt-get install python3 python3-torch");
        using var process = Process.Start(new ProcessStartInfo(Python, [Path.Combine(AppContext.BaseDirectory, "reference.py"), folder]) { RedirectStandardError = true, UseShellExecute = false })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"reference.py failed; it needs PyTorch: apt-get install python3-torch\n{error}");
    }

    private static ScalarType TypeOf(string name) => name switch
    {
        "float64" => ScalarType.Float64,
        "float32" => ScalarType.Float32,
        "float16" => ScalarType.Float16,
        "bfloat16" => ScalarType.BFloat16,
        "int64" => ScalarType.Int64,
        "int32" => ScalarType.Int32,
        "uint8" => ScalarType.Byte,
        "bool" => ScalarType.Bool,
        _ => throw new FormatException(name),
    };
}

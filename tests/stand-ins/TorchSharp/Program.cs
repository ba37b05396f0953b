namespace TorchSharp.Tests;

/// <summary>Run as a process by LazyLoadingTests: says what is mapped before and after the first tensor.</summary>
internal static class Program
{
    private static void Main()
    {
        var cpu = torch.CPU;
        Scalar two = 2;
        Console.WriteLine($"{cpu} {two.ToInt64()} {torch.float32}: {Mapped()}");
        using var t = torch.ones(2);
        Console.WriteLine($"{t.sum().ToDouble()}: {Mapped()}");
    }

    private static string Mapped() => File.ReadAllText("/proc/self/maps").Contains("libtorch", StringComparison.Ordinal) ? "libtorch" : "nothing";
}

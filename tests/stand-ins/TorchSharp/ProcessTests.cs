using System.Diagnostics;
using static TorchSharp.torch;

namespace TorchSharp.Tests;

public sealed class ProcessTests
{
    [Fact]
    public void Libtorch_is_loaded_by_the_first_tensor_and_not_before()
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        Assert.Equal(["cpu 2 Float32: nothing", "2: libtorch"], lines);
    }

    [Fact]
    public void The_thread_count_is_libtorchs()
    {
        var before = get_num_threads();
        try
        {
            set_num_threads(1);
            Assert.Equal(1, get_num_threads());
            set_num_threads(2);
            Assert.Equal(2, get_num_threads());
        }
        finally
        {
            set_num_threads(before);
        }
    }
}

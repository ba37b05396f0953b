using FedOperator.EndToEnd.Tests.Harness;

namespace FedOperator.EndToEnd.Tests;

/// <summary>What `trainer` makes of its command line. Of `--device` only the refusals can be seen where there is no GPU.</summary>
public sealed class TrainerArgumentsTests
{
    [Theory]
    [InlineData("gpu0", "--device gpu0: auto, cpu, cuda or cuda:N is needed, N a GPU's number from 0")]
    [InlineData("cuda:-1", "--device cuda:-1: auto, cpu, cuda or cuda:N is needed, N a GPU's number from 0")]
    [InlineData("cuda:4096", "--device cuda:4096: libtorch finds ")]
    public async Task A_device_that_is_none_or_is_not_there_is_wrong_input(string device, string why)
    {
        // Before the plan is looked for, which is not there either.
        var (code, output) = await FedProcess.RunAsync("trainer.dll", ["evaluate", "--plan", "none", "--checkpoint", "none", "--data", "none", "--device", device]);
        Assert.Equal(2, code);
        Assert.Contains(why, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "--heartbeat-seconds", "train", "--help")]
    [InlineData(2, "--client", "train", "--data", "here")]
    [InlineData(2, "'nonsense'", "nonsense")]
    public async Task Help_is_given_and_what_cannot_be_read_is_wrong_input(int code, string says, params string[] arguments)
    {
        var (ended, output) = await FedProcess.RunAsync("trainer.dll", arguments);
        Assert.Equal(code, ended);
        Assert.Contains(says, output, StringComparison.Ordinal);
    }
}

using System.Text.RegularExpressions;

namespace FedOperator.Chart.Tests;

/// <summary>The Dockerfiles, which no machine without Docker builds, and images/build.sh, whose images the end-to-end tests run, say the same.</summary>
public sealed class ImagesTests
{
    private static readonly string s_script = File.ReadAllText(Programs.Source("images/build.sh"));

    [Theory]
    [InlineData("operator", "operator", "fed")]
    [InlineData("trainer", "trainer", "trainer")]
    public void Both_ways_give_the_same_user_entry_point_and_environment(string image, string project, string program)
    {
        var file = File.ReadAllText(Programs.Source($"images/{image}.Dockerfile"));
        var user = Match(s_script, "^user=([0-9]+)$");
        Assert.Equal($"{user}:{user}", Match(file, "^USER (.+)$"));
        Assert.Equal($"/app/{program}", Match(file, """^ENTRYPOINT \["(.+)"\]$"""));
        Assert.Equal($"/app/{program}", Match(s_script, $"^image {image} ([^ ]+) "));
        Assert.Equal(project, Match(file, "^RUN dotnet publish ([^ ]+) "));
        Assert.Equal(project, Match(s_script, $"^program {program} (.+)$"));
        foreach (var variable in (string[])["DOTNET_EnableDiagnostics=0", "DOTNET_NOLOGO=1"])
        {
            Assert.Contains(variable, Match(file, "^ENV (.+)$"), StringComparison.Ordinal);
            Assert.Contains("--env " + variable, s_script, StringComparison.Ordinal);
        }
        foreach (var label in (string[])["title", "version", "licenses"])
        {
            Assert.Contains($"org.opencontainers.image.{label}=", file, StringComparison.Ordinal);
            Assert.Contains($"org.opencontainers.image.{label}=", s_script, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("operator")]
    [InlineData("trainer")]
    public void Both_ways_publish_with_the_same_flags(string image)
    {
        var file = File.ReadAllText(Programs.Source($"images/{image}.Dockerfile"));
        foreach (var flag in (string[])["-c Release", "-r linux-x64", "--no-self-contained", "-p:PublishReadyToRun=true", "-p:ContinuousIntegrationBuild=true"])
        {
            Assert.Contains(flag, file, StringComparison.Ordinal);
            Assert.Contains(flag, s_script, StringComparison.Ordinal);
        }
    }

    private static string Match(string text, string pattern)
    {
        var match = Regex.Match(text, pattern, RegexOptions.Multiline, TimeSpan.FromSeconds(1));
        Assert.True(match.Success, $"{pattern} is not in:\n{text}");
        return match.Groups[1].Value;
    }
}

using System.Net;
using FedOperator.Operator.Kubernetes.Http;

namespace FedOperator.Operator.Tests.Kubernetes;

public sealed class LeaseFenceTests
{
    private static readonly TimeSpan s_duration = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Nothing_is_written_once_the_lease_may_be_somebody_elses_and_reading_goes_on()
    {
        var clock = new Clock();
        var fence = new LeaseFence(s_duration, clock);
        using var lease = new HttpClient(Around(fence.Renewals()));
        using var work = new HttpClient(Around(fence.Writes()));
        using (await lease.PutAsync("http://api/lease", null))
            clock.Now += s_duration - TimeSpan.FromSeconds(1);
        using (var written = await work.PostAsync("http://api/pods", null))
            Assert.Equal(HttpStatusCode.OK, written.StatusCode);

        clock.Now += TimeSpan.FromSeconds(1);
        await Assert.ThrowsAsync<HttpRequestException>(() => work.PostAsync("http://api/pods", null));
        await Assert.ThrowsAsync<HttpRequestException>(() => work.DeleteAsync("http://api/pods/x"));
        using (var read = await work.GetAsync("http://api/pods"))
            Assert.Equal(HttpStatusCode.OK, read.StatusCode);

        // Looking at the lease renews nothing.
        using (await lease.GetAsync("http://api/lease"))
            await Assert.ThrowsAsync<HttpRequestException>(() => work.PatchAsync("http://api/job", null));
        using (await lease.PutAsync("http://api/lease", null))
        using (var again = await work.PatchAsync("http://api/job", null))
            Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Fact]
    public async Task Once_another_holds_the_lease_nothing_is_written_whatever_time_was_left()
    {
        var fence = new LeaseFence(s_duration, new Clock());
        using var lease = new HttpClient(Around(fence.Renewals()));
        using var work = new HttpClient(Around(fence.Writes()));
        using (await lease.PutAsync("http://api/lease", null))
            fence.Close();
        await Assert.ThrowsAsync<HttpRequestException>(() => work.PostAsync("http://api/pods", null));
        // A late answer to an earlier renewal opens nothing.
        using (await lease.PutAsync("http://api/lease", null))
            await Assert.ThrowsAsync<HttpRequestException>(() => work.PostAsync("http://api/pods", null));
        using var read = await work.GetAsync("http://api/pods");
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
    }

    [Fact]
    public async Task A_renewal_counts_from_when_it_was_sent()
    {
        var clock = new Clock();
        var fence = new LeaseFence(s_duration, clock);
        using var lease = new HttpClient(Around(fence.Renewals(), () => clock.Now += s_duration));
        using var work = new HttpClient(Around(fence.Writes()));
        using (await lease.PutAsync("http://api/lease", null))
            await Assert.ThrowsAsync<HttpRequestException>(() => work.PostAsync("http://api/pods", null));
    }

    private static DelegatingHandler Around(DelegatingHandler handler, Action? onAnswer = null)
    {
        handler.InnerHandler = new Answers(onAnswer);
        return handler;
    }

    private sealed class Answers(Action? onAnswer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            onAnswer?.Invoke();
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));
        }
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long GetTimestamp() => Now.Ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    }
}

import TestSupport
import Testing

@Suite("The parser of the tests")
struct ExpositionTests {
    @Test(
        "What is no exposition is refused",
        arguments: [
            "a 1", "a 1\n", "# TYPE a gauge\n", "# TYPE a gauge\nb 1\n", "# TYPE a gauge\na 1\na 2\n",
            "# TYPE a gauge\na{x=\"1\"} 1\na{x=\"1\"} 1\n", "# TYPE a gauge\na{x=\"1\",x=\"2\"} 1\n",
            "# TYPE a gauge\na{x=\"\\t\"} 1\n", "# TYPE a gauge\na{x=\"1} 1\n", "# TYPE a gauge\na inf\n",
            "# TYPE a gauge\na{1=\"1\"} 1\n", "# TYPE 1a gauge\n1a 1\n", "# TYPE a counter\na 1\n",
            "# TYPE a_total counter\na_total -1\n", "# TYPE a summary\na 1\n", "# HELP a x\n# TYPE b gauge\nb 1\n",
            "# TYPE a gauge\na 1\n# TYPE a gauge\na{x=\"\"} 1\n",
            "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_sum 1\nh_count 1\n",
            "# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n",
            "# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 2\n",
            "# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_count 1\n",
        ]
    )
    func refused(text: String) {
        #expect(throws: Exposition.Fault.self) { try Exposition(text) }
    }

    @Test("What the documentation of the format shows is read")
    func read() throws {
        let text = try Exposition(
            """
            # HELP http_requests_total The total number of HTTP requests.
            # TYPE http_requests_total counter
            http_requests_total{method="post",code="200"} 1027
            # TYPE request_seconds histogram
            request_seconds_bucket{le="0.05"} 24054
            request_seconds_bucket{le="+Inf"} 144320
            request_seconds_sum 53423
            request_seconds_count 144320

            """
        )
        #expect(text.value("http_requests_total", ["method": "post", "code": "200"]) == 1027)
        #expect(text.families["http_requests_total"]?.help == "The total number of HTTP requests.")
    }
}
